using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Sources;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Sources;

public sealed class SourceOperatorTests : IDisposable
{
    private static readonly LogicalType _time = LogicalType.Timestamp(3);
    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedConnector _connector = new();
    private readonly Elements _elements = new();

    public void Dispose() => _connector.Dispose();

    [Fact]
    public void The_split_with_the_lowest_watermark_is_read_next_and_all_begin_before_time_moves()
    {
        _connector.Add("a", [10], [40], [50]);
        _connector.Add("b", [20], [30]);
        RunToEnd(Start(Plan()));
        Assert.Equal(["a", "b", "a", "b", "b", "a", "a"], _connector.Reads);
        Assert.Equal(
            ["10", "20", "W10", "40", "W20", "30", "W30", "W40", "50", "W50", "W END"], _elements.Log);
    }

    [Fact]
    public void An_idle_split_leaves_the_minimum_after_the_timeout_and_comes_back_with_its_next_row()
    {
        _connector.Add("a", [10]);
        _connector.Add("b", [20], [30]);
        _connector.Open.UnionWith(["a", "b"]);
        SourceOperator source = Start(Plan(idleTimeoutMs: 1000));
        StepUntilWaiting(source);
        Assert.Equal(["10", "20", "W10", "30"], _elements.Log);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _connector.Append("b", 31);
        StepUntilWaiting(source);
        Assert.Equal(["31", "W31"], _elements.Log[4..]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        StepUntilWaiting(source);
        Assert.Equal(["IDLE"], _elements.Log[6..]);
        _connector.Append("a", 35);
        StepUntilWaiting(source);
        Assert.Equal(["35", "ACTIVE", "W35"], _elements.Log[7..]);
    }

    [Fact]
    public void A_watermark_at_or_before_1970_is_never_sent_and_a_null_one_changes_nothing()
    {
        _connector.Add("a", [-50], [0], [5]);
        RunToEnd(Start(Plan()));
        Assert.Equal(["-50", "0", "5", "W5", "W END"], _elements.Log);
    }

    [Fact]
    public void A_null_row_time_fails_the_job_and_names_table_column_and_split()
    {
        _connector.Add("part-0", [1], [null]);
        SourceOperator source = Start(Plan());
        source.Step();
        var failure = Assert.Throws<MillraceException>(() => source.Step());
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains("'ts'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'events'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'part-0'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_advance_within_the_interval_waits_for_the_clock()
    {
        _connector.Add("a", [1000], [1100], [1201]);
        _connector.Open.Add("a");
        SourceOperator source = Start(Plan(intervalMs: 200));
        StepUntilWaiting(source);
        Assert.Equal(["1000", "W1000", "1100", "1201", "W1201"], _elements.Log);
        _connector.Append("a", 1202);
        StepUntilWaiting(source);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        StepUntilWaiting(source);
        Assert.Equal(["1202", "W1202"], _elements.Log[5..]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Splits_go_on_where_they_were_at_any_parallelism(int parallelism)
    {
        for (int split = 0; split < 5; split++)
            _connector.Add(
                $"s{split}", [.. Enumerable.Range(1, 4).Select(i => new long?[] { (10 * i) + split })]);
        SourceOperator[] before = [Start(Plan(), 0, 2), Start(Plan(), 1, 2)];
        for (int step = 0; step < 3; step++) foreach (SourceOperator source in before) source.Step();
        var state = new MemoryState();
        foreach (SourceOperator source in before) state.Write(source.Snapshot(new CheckpointId(1)));
        foreach (SourceOperator source in before) source.Step();
        List<string> rows = [.. _elements.Log.Where(IsRow).Take(6)];
        _elements.Log.Clear();

        for (int subtask = 0; subtask < parallelism; subtask++)
        {
            SourceOperator source = Start(Plan(), subtask, parallelism);
            source.Restore(state.Reader(subtask, parallelism));
            RunToEnd(source);
        }
        rows.AddRange(_elements.Log.Where(IsRow));
        Assert.Equal(20, rows.Distinct().Count());
        Assert.Equal(20, rows.Count);
    }

    [Fact]
    public void Splits_that_ended_before_the_checkpoint_count_as_the_end_of_time()
    {
        _connector.Add("a", [5]);
        _connector.Add("b", [7], [8]);
        SourceOperator first = Start(Plan());
        for (int step = 0; step < 3; step++) first.Step();
        var state = new MemoryState();
        state.Write(first.Snapshot(new CheckpointId(1)));
        _elements.Log.Clear();
        SourceOperator restored = Start(Plan());
        restored.Restore(state.Reader());
        RunToEnd(restored);
        Assert.Equal(["W7", "8", "W8", "W END"], _elements.Log);
    }

    [Fact]
    public void A_subtask_without_splits_ends_at_once_and_one_whose_split_has_gone_says_so()
    {
        _connector.Add("a", [1], [2]);
        SourceOperator source = Start(Plan(), 1, 2);
        Assert.Equal(SourceStatus.Ended, source.Step());
        Assert.Equal(["W END"], _elements.Log);

        SourceOperator reading = Start(Plan());
        reading.Step();
        var state = new MemoryState();
        state.Write(reading.Snapshot(new CheckpointId(1)));
        var other = new ScriptedConnector();
        other.Add("b", [1]);
        var restored = new SourceOperator(Plan());
        restored.Open(TestContexts.Create(new TestMailbox(_clock), _clock, other), _elements);
        restored.Restore(state.Reader());
        Assert.Contains(
            "'a'", Assert.Throws<MillraceException>(() => restored.Step()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_rows_come_once_from_the_first_subtask()
    {
        var plan = new ValuesPlan(
            [[new Literal("1", LogicalType.Int.NotNull())], [new Literal("2", LogicalType.Int.NotNull())]]);
        var source = new ValuesSource(plan);
        source.Open(TestContexts.Create(new TestMailbox(_clock), _clock), _elements);
        Assert.Equal(SourceStatus.HasMore, source.Step());
        Assert.Equal(SourceStatus.Ended, source.Step());
        var state = new MemoryState();
        state.Write(source.Snapshot(new CheckpointId(1)));
        var restored = new ValuesSource(plan);
        restored.Open(TestContexts.Create(new TestMailbox(_clock), _clock), _elements);
        restored.Restore(state.Reader());
        Assert.Equal(SourceStatus.Ended, restored.Step());
        Assert.Equal(["1", "2", "W END", "W END"], _elements.Log);
    }

    private static bool IsRow(string element) => char.IsDigit(element[0]);

    private static SourcePlan Plan(long idleTimeoutMs = 0, long intervalMs = 0)
    {
        var table = new TableSpec(
            "events", Schema.Of(new Field("ts", _time)), [], [],
            ImmutableSortedDictionary<string, string>.Empty);
        var column = new InputRef(0, _time);
        return new SourcePlan(
            table,
            new ScanSpec([new PhysicalScanColumn(0, "ts", _time)], []),
            [column],
            new WatermarkPlan(0, column, idleTimeoutMs, intervalMs));
    }

    private SourceOperator Start(SourcePlan plan, int subtask = 0, int parallelism = 1)
    {
        var source = new SourceOperator(plan);
        source.Open(TestContexts.Create(new TestMailbox(_clock), _clock, _connector, subtask, parallelism),
            _elements);
        return source;
    }

    private static void RunToEnd(SourceOperator source)
    {
        for (int step = 0; source.Step() != SourceStatus.Ended; step++) Assert.InRange(step, 0, 1000);
    }

    private static void StepUntilWaiting(SourceOperator source)
    {
        for (int step = 0; source.Step() != SourceStatus.Waiting; step++) Assert.InRange(step, 0, 1000);
    }

    private sealed class Elements : ISourceOutput
    {
        public List<string> Log { get; } = [];

        public void Emit(ColumnBatch batch)
        {
            for (int row = 0; row < batch.RowCount; row++) Log.Add(RowText.Of(batch.Columns[0], row));
        }

        public void EmitWatermark(Watermark watermark) =>
            Log.Add(watermark == Watermark.Max ? "W END" : $"W{watermark.Milliseconds}");

        public void EmitIdle(bool isIdle) => Log.Add(isIdle ? "IDLE" : "ACTIVE");
    }
}
