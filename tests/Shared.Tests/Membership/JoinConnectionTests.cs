using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.Shared.Tests.Membership;

public sealed class JoinConnectionTests
{
    [Fact]
    public void Whoever_asks_makes_a_new_connection_after_every_second_question_without_an_answer()
    {
        Assert.Equal([2, 4, 6, 8], Enumerable.Range(1, 8).Where(JoinConnection.IsUsedUp));
        Assert.Equal([2], Enumerable.Range(1, 8).Where(JoinConnection.IsFirstUsedUp));
    }

    [Fact]
    public void Whoever_is_asked_hangs_up_on_every_second_connection_and_answers_on_the_others()
    {
        Assert.Equal([2, 3, 6, 7], Enumerable.Range(0, 8).Where(JoinConnection.IsHeldBackHere));
    }
}
