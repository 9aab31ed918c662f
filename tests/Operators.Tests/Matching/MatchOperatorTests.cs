using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Matching;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Matching;

public sealed class MatchOperatorTests
{
    private static readonly AfterMatch PastLast = new(AfterMatchKind.SkipPastLastRow);
    private static readonly Part One = new(1, 1, false);

    [Fact]
    public void A_row_at_or_below_the_watermark_is_dropped_and_counted()
    {
        using var harness = new MatchHarness(MatchHarness.Plan([One], PastLast, 0));
        harness.Feed([Row(1, 10)]);
        harness.Watermark(10);
        harness.Feed([Row(2, 10), Row(3, 9), Row(4, 11)]);
        harness.Watermark(long.MaxValue);
        Assert.Equal(["+I a|1|1|1", "+I a|4|4|1"], harness.Output.Rows);
        Assert.Equal(2, harness.LateRows);
    }

    [Fact]
    public void A_row_waits_for_the_watermark_to_reach_its_time()
    {
        using var harness = new MatchHarness(MatchHarness.Plan([One], PastLast, 0));
        harness.Feed([Row(1, 10)]);
        harness.Watermark(9);
        Assert.Empty(harness.Output.Rows);
        harness.Watermark(10);
        Assert.Single(harness.Output.Rows);
    }

    [Fact]
    public void A_complete_match_waits_until_an_earlier_one_is_too_old()
    {
        using var harness = new MatchHarness(Rising(within: 100));
        harness.Feed([Row(10, 0), Row(1, 1), Row(5, 2)]);
        harness.Watermark(99);
        Assert.Empty(harness.Output.Rows);
        harness.Restart(2);
        harness.Watermark(100);
        Assert.Equal(["+I a|1|5"], harness.Output.Rows);
    }

    [Fact]
    public void A_complete_match_waits_for_ever_without_a_bound()
    {
        using var harness = new MatchHarness(Rising(within: 0));
        harness.Feed([Row(10, 0), Row(1, 1), Row(5, 2)]);
        harness.Watermark(long.MaxValue);
        Assert.Empty(harness.Output.Rows);
    }

    [Fact]
    public void A_match_that_waited_goes_before_by_its_start()
    {
        using var harness = new MatchHarness(
            Rising(within: 0) with { AfterMatch = new AfterMatch(AfterMatchKind.SkipToNextRow) });
        harness.Feed([Row(10, 0), Row(1, 1), Row(5, 2), Row(11, 3)]);
        harness.Watermark(3);
        Assert.Equal(["+I a|10|11", "+I a|1|5", "+I a|5|11"], harness.Output.Rows);
    }

    [Theory]
    [InlineData(AfterMatchKind.SkipToFirst, "that is the first row of the match")]
    [InlineData(AfterMatchKind.SkipToLast, "that is the first row of the match")]
    public void A_skip_to_the_first_row_of_the_match_fails(AfterMatchKind kind, string message)
    {
        using var harness = new MatchHarness(MatchHarness.Plan([One, One], new AfterMatch(kind, 0), 0));
        harness.Feed([Row(1, 0), Row(2, 1)]);
        MillraceException e = Assert.Throws<MillraceException>(() => harness.Watermark(1));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
    }

    [Fact]
    public void A_skip_to_a_variable_without_rows_fails()
    {
        MatchPlan plan = MatchHarness.Plan(
            [One, new Part(0, 1, false), One], new AfterMatch(AfterMatchKind.SkipToLast, 1), 0);
        using var harness = new MatchHarness(plan);
        harness.Feed([Row(1, 0, 0b001), Row(2, 1, 0b100)]);
        MillraceException e = Assert.Throws<MillraceException>(() => harness.Watermark(1));
        Assert.Contains("has no row of that variable", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_equal_time_keep_their_order_across_a_restore_at_another_parallelism()
    {
        // Each row follows the one before by arrival: in another order nothing would match.
        MatchPlan plan = MatchHarness.Plan([One, One, One], PastLast, 0);
        using var harness = new MatchHarness(plan, 2);
        foreach (string key in (string[])["a", "b", "c", "d"]) harness.Feed([new TestRow(1, key, 5, 0b001)]);
        harness.Restart(3);
        foreach (string key in (string[])["a", "b", "c", "d"]) harness.Feed([new TestRow(2, key, 5, 0b010)]);
        harness.Restart(1);
        foreach (string key in (string[])["a", "b", "c", "d"]) harness.Feed([new TestRow(3, key, 5, 0b100)]);
        harness.Watermark(5);
        Assert.Equal(
            ["+I a|1|3|1|1|1", "+I b|1|3|1|1|1", "+I c|1|3|1|1|1", "+I d|1|3|1|1|1"],
            harness.Output.Rows.Order());
    }

    [Theory]
    [InlineData(false, true, "3 1 2 N")]
    [InlineData(false, false, "N 3 1 2")]
    [InlineData(true, false, "N 2 1 3")]
    [InlineData(true, true, "2 1 3 N")]
    public void Equal_times_go_by_the_next_columns(bool isDescending, bool nullsLast, string order)
    {
        Schema schema = Schema.Of(
            new Field("ts", LogicalType.Timestamp(3)), new Field("v", LogicalType.Int),
            new Field("name", LogicalType.String));
        var name = new MatchColumn(0, 2, false, 0, LogicalType.String);
        var plan = new MatchPlan(
            schema, [], 0, [new MatchOrder(1, isDescending, nullsLast)], new PatternSymbol(0),
            [new PatternVariable("A", null)], 0, PastLast,
            [new MatchExpression([name], new InputRef(0, LogicalType.String))]);
        var values = new FixedColumnBuilder<int>();
        foreach (int value in (int[])[20, 30, 10]) values.Append(value);
        values.AppendNull();
        using var match = new MatchOperator(plan);
        var output = new CollectedOutput();
        match.Open(Context(), output);
        match.Process(0, new ColumnBatch(
            [FixedColumn<long>.Constant(7, 4), values.Build(), BytesColumn.Of("1", "2", "3", "N")], 4));
        match.OnWatermark(Watermark.Max);
        Assert.Equal(order.Split(' ').Select(n => $"+I {n}"), output.Rows);
    }

    [Fact]
    public void A_row_without_a_time_fails()
    {
        using var match = new MatchOperator(MatchHarness.Plan([One], PastLast, 0));
        match.Open(Context(), new CollectedOutput());
        ColumnBatch batch = MatchHarness.Batch(Row(1, 0));
        Column[] columns = [.. batch.Columns];
        columns[2] = FixedColumn<long>.Nulls(1);
        MillraceException e =
            Assert.Throws<MillraceException>(() => match.Process(0, new ColumnBatch(columns, 1)));
        Assert.Contains("'ts' is NULL", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_kept_of_a_partition_that_has_nothing_open()
    {
        using var harness = new MatchHarness(MatchHarness.Plan([One, One], PastLast, 0));
        harness.Feed([Row(1, 0, 0b01), Row(2, 1, 0b10), Row(3, 2, 0b10)]);
        harness.Watermark(2);
        Assert.Single(harness.Output.Rows);
        Assert.Equal(0, harness.Restart(1).KeyedCount);
    }

    [Fact]
    public void A_partial_match_that_is_too_old_is_not_kept()
    {
        using var harness = new MatchHarness(MatchHarness.Plan([One, One], PastLast, 10));
        harness.Feed([Row(1, 0, 0b01)]);
        harness.Watermark(9);
        Assert.Equal(1, harness.Restart(1).KeyedCount);
        harness.Watermark(10);
        Assert.Equal(0, harness.Restart(1).KeyedCount);
    }

    [Fact]
    public void A_row_costs_no_object()
    {
        using var match = new MatchOperator(MatchHarness.Plan([new Part(3, 3, false)], PastLast, 60));
        match.Open(Context(), new Ignored());
        long small = AllocatedBy(match, 64);
        long large = AllocatedBy(match, 4000);
        Assert.InRange(large - small, -4_000, 4_000);
    }

    /// <summary>
    /// PATTERN (A B*? C) DEFINE C AS C.id &gt; A.id: a start with a low id is complete before one with a high
    /// id.
    /// </summary>
    private static MatchPlan Rising(long within)
    {
        MatchPlan plan = MatchHarness.Plan([One, new Part(0, int.MaxValue, true), One], PastLast, within);
        var isLarger = new Call(
            ">", [new InputRef(0, LogicalType.Int), new InputRef(1, LogicalType.Int)], LogicalType.Boolean);
        var condition = new MatchExpression(
            [new MatchColumn(2, 0, false, 0, LogicalType.Int),
                new MatchColumn(0, 0, false, 0, LogicalType.Int)], isLarger);
        return plan with
        {
            Variables = [new PatternVariable("A", null), new PatternVariable("B", null),
                new PatternVariable("C", condition)],
            Measures = [plan.Measures[0], plan.Measures[1]],
        };
    }

    private static long AllocatedBy(MatchOperator match, int rows)
    {
        long allocated = 0;
        for (int round = 0; round < 4; round++)
        {
            _clock += 1_000_000;
            ColumnBatch batch = MatchHarness.Batch([.. Enumerable.Range(0, rows).Select(
                i => new TestRow(i, $"k{i % 16}", _clock + (i * 10), i % 3 == 0 ? 0 : 1))]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            match.Process(0, batch);
            match.OnWatermark(new Watermark(_clock + 900_000));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return allocated;
    }

    private static long _clock;

    private static TestRow Row(int id, long time, int fits = 0b1111) => new(id, "a", time, fits);

    private static OperatorContext Context()
    {
        var time = new FakeTimeProvider();
        return TestContexts.Create(new TestMailbox(time), time);
    }

    private sealed class Ignored : IBatchOutput
    {
        public void Emit(ColumnBatch batch)
        {
        }
    }
}
