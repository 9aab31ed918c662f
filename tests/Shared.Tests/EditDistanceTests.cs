using Millrace.Shared.Options;
using Xunit;

namespace Millrace.Shared.Tests;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 2)]
    public void A_distance_is_the_same_in_both_directions(string a, string b, int distance)
    {
        Assert.Equal(distance, EditDistance.Of(a, b));
        Assert.Equal(distance, EditDistance.Of(b, a));
    }

    [Theory]
    [InlineData("slot", "slots")]
    [InlineData("slosts", "slots")]
    [InlineData("sorce", "source")]
    [InlineData("checkpoint.intervl.in.words", "checkpoint.interval_in_words")]
    [InlineData("nothing like it", null)]
    public void The_nearest_name_is_at_most_two_characters_or_a_quarter_away(string name, string? nearest)
    {
        string[] known = ["source", "slots", "checkpoint.interval_in_words"];
        Assert.Equal(nearest, EditDistance.Nearest(name, known));
        Assert.Null(EditDistance.Nearest(name, []));
    }
}
