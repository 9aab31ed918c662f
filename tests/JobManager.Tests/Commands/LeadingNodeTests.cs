using Akka.Actor;
using Millrace.JobManager.Commands;
using Xunit;

namespace Millrace.JobManager.Tests.Commands;

public sealed class LeadingNodeTests
{
    private static readonly Address A = new("akka.tcp", "millrace", "a", 1);
    private static readonly Address B = new("akka.tcp", "millrace", "b", 1);

    private readonly LeadingNode _leader = new();

    [Fact]
    public async Task Who_waits_for_another_leader_is_woken_by_its_coming_not_by_the_end_of_the_old_one()
    {
        _leader.Set(A);
        Assert.False(_leader.MovedAsync(A, CancellationToken.None).IsCompleted);
        _leader.Set(null);
        Task moved = _leader.MovedAsync(A, CancellationToken.None);
        Assert.False(moved.IsCompleted);
        _leader.Set(B);
        await moved.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Another_leader_that_has_come_already_is_not_waited_for()
    {
        _leader.Set(B);
        await _leader.MovedAsync(A, CancellationToken.None);
        await _leader.MovedAsync(null, CancellationToken.None);
    }

    [Fact]
    public async Task A_wait_that_is_canceled_ends()
    {
        using var cancel = new CancellationTokenSource();
        Task moved = _leader.MovedAsync(null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => moved);
    }
}
