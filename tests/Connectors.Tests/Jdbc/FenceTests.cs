using Millrace.Connectors.Jdbc;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class FenceTests
{
    private static readonly TableSpec Table =
        Tables.Of("jdbc:sqlite:x.db", Tables.SchemaOf(("id", LogicalType.BigInt)), [0]);

    [Fact]
    public void A_first_attempt_writes_its_own_row_and_everyones() =>
        Assert.Equal([Fence.Everyone, 2], Of(1, 2, null).Raised(new Dictionary<int, int>()));

    [Fact]
    public void An_attempt_of_the_whole_job_raises_subtasks_that_a_rescale_took_away() =>
        Assert.Equal(
            [Fence.Everyone, 0, 1, 7],
            Of(5, 0, null).Raised(Stored((Fence.Everyone, 1), (0, 1), (1, 4), (2, 5), (7, 1))));

    [Fact]
    public void An_attempt_of_a_region_raises_its_region_alone_also_rows_that_are_not_there_yet() =>
        Assert.Equal(
            [1, 3], Of(5, 1, [1, 3]).Raised(Stored((Fence.Everyone, 1), (0, 1), (1, 1), (2, 1))));

    [Fact]
    public void What_another_subtask_of_the_attempt_has_raised_is_not_raised_again() =>
        Assert.Empty(Of(5, 1, [0, 1]).Raised(Stored((Fence.Everyone, 1), (0, 5), (1, 5), (2, 1))));

    [Theory]
    [InlineData(3)]
    [InlineData(Fence.Everyone)]
    public void An_attempt_that_comes_late_is_fenced(int raised)
    {
        MillraceException e = Assert.Throws<MillraceException>(
            () => Of(5, 3, [3]).Raised(Stored((raised, 6))));
        Assert.Equal(ErrorKind.Fenced, e.Kind);
        Assert.Contains("attempt 6 of job job has taken over subtask 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_attempt_in_its_row_stands()
    {
        Fence fence = Of(5, 3, null);
        Assert.True(fence.Stands(5));
        Assert.False(fence.Stands(4));
        Assert.False(fence.Stands(6));
        Assert.False(fence.Stands(null));
    }

    private static Fence Of(int attempt, int subtask, IReadOnlyList<int>? replaced) =>
        new(Table, Tables.ContextOf(attempt, subtask, replaced: replaced));

    private static Dictionary<int, int> Stored(params (int Subtask, int Attempt)[] rows) =>
        rows.ToDictionary(r => r.Subtask, r => r.Attempt);
}
