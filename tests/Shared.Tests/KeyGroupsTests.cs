using Millrace.Shared.Keys;
using Xunit;

namespace Millrace.Shared.Tests;

public sealed class KeyGroupsTests
{
    [Theory]
    [InlineData(0, 94)]
    [InlineData(1, 86)]
    [InlineData(42, 29)]
    [InlineData(-1, 80)]
    [InlineData(97, 81)] // "a".hashCode()
    public void A_hash_falls_into_the_key_group_that_Flink_gives_it(int hash, int keyGroup) =>
        Assert.Equal(keyGroup, KeyGroups.Of(hash, 128));

    [Fact]
    public void Ranges_of_subtasks_are_those_of_Flink()
    {
        Assert.Equal([(0, 42), (43, 85), (86, 127)], Ranges(128, 3));
        Assert.Equal([(0, 25), (26, 51), (52, 76), (77, 102), (103, 127)], Ranges(128, 5));
        Assert.Equal([(0, 3), (4, 6), (7, 9)], Ranges(10, 3));
    }

    [Fact]
    public void Every_key_group_belongs_to_the_subtask_whose_range_holds_it()
    {
        for (int max = 1; max <= 200; max += 13)
            for (int parallelism = 1; parallelism <= max; parallelism++)
                for (int group = 0; group < max; group++)
                {
                    int owner = KeyGroups.SubtaskOf(group, max, parallelism);
                    Assert.True(KeyGroups.RangeOf(owner, max, parallelism).Contains(group));
                }
    }

    [Theory]
    [InlineData(1, 128)]
    [InlineData(85, 128)]
    [InlineData(86, 256)]
    [InlineData(200, 512)]
    [InlineData(20000, 32768)]
    public void The_default_maximum_parallelism_is_that_of_Flink(int parallelism, int expected) =>
        Assert.Equal(expected, KeyGroups.DefaultMaxParallelismFor(parallelism));

    private static List<(int, int)> Ranges(int max, int parallelism) =>
        [.. Enumerable.Range(0, parallelism).Select(i => KeyGroups.RangeOf(i, max, parallelism))
            .Select(r => (r.First, r.Last))];
}
