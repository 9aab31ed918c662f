using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Matching;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Expressions;
using Millrace.Shared.Keys;
using Millrace.Shared.State;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Matching;

/// <summary>
/// MATCH_RECOGNIZE over (id INT, k STRING, ts TIMESTAMP(3), f0 … f3 BOOLEAN), where variable v fits where fv
/// is true. Runs at any parallelism; rows go to subtasks by key group.
/// </summary>
internal sealed class MatchHarness : IDisposable
{
    public const int Variables = 4;

    private static readonly LogicalType Rowtime =
        LogicalType.Timestamp(3) with { TimeAttribute = TimeAttribute.Rowtime };

    private readonly MatchPlan _plan;
    private MatchOperator[] _subtasks = [];
    private OperatorContext[] _contexts = [];

    public MatchHarness(MatchPlan plan, int parallelism = 1)
    {
        _plan = plan;
        Start(parallelism, null);
    }

    public CollectedOutput Output { get; } = new();

    public int LateRows => _contexts.Sum(c => (int)c.Metrics.Counter("numLateRecordsDropped").Value);

    public static Schema Input { get; } = new(
    [
        new Field("id", LogicalType.Int), new Field("k", LogicalType.String), new Field("ts", Rowtime),
        .. Enumerable.Range(0, Variables).Select(v => new Field($"f{v}", LogicalType.Boolean)),
    ]);

    /// <summary>
    /// Measures: the ids of the first and the last row, and how many rows each variable has.
    /// </summary>
    /// <param name="looksBack">Whether conditions are ones that need the match so far, with the same
    /// meaning.</param>
    public static MatchPlan Plan(Part[] parts, AfterMatch after, long within, bool looksBack = false)
    {
        Pattern[] elements = [.. parts.Select((p, v) => p is { Min: 1, Max: 1 }
            ? (Pattern)new PatternSymbol(v)
            : new PatternRepeat(new PatternSymbol(v), p.Min, p.Max, p.IsReluctant))];
        List<MatchExpression> measures = [Column(-1, 0, true), Column(-1, 0, false)];
        for (int v = 0; v < parts.Length; v++) measures.Add(Count(v));
        return new MatchPlan(
            Input, [1], 2, [], new PatternSequence([.. elements]),
            [.. parts.Select((_, v) => new PatternVariable($"V{v}", Condition(v, looksBack)))],
            within, after, [.. measures]);
    }

    public void Feed(IEnumerable<TestRow> rows)
    {
        foreach (IGrouping<int, TestRow> part in rows.GroupBy(SubtaskOf).ToList())
            _subtasks[part.Key].Process(0, Batch([.. part]));
    }

    public void Watermark(long time)
    {
        foreach (MatchOperator subtask in _subtasks) subtask.OnWatermark(new Watermark(time));
    }

    /// <summary>The state of all subtasks now, to be written later.</summary>
    public IStateSnapshot?[] Snapshot() => [.. _subtasks.Select(s => s.Snapshot(new CheckpointId(1)))];

    /// <summary>Takes a checkpoint and goes on from it at another parallelism.</summary>
    public MemoryState Restart(int parallelism)
    {
        var state = new MemoryState();
        foreach (MatchOperator subtask in _subtasks) state.Write(subtask.Snapshot(new CheckpointId(1)));
        Start(parallelism, state);
        return state;
    }

    public void Dispose()
    {
        foreach (MatchOperator subtask in _subtasks) subtask.Dispose();
    }

    public static ColumnBatch Batch(params TestRow[] rows)
    {
        var builder = new BatchBuilder(Input, rows.Length);
        foreach (TestRow row in rows)
        {
            ((FixedColumnBuilder<int>)builder.Columns[0]).Append(row.Id);
            ((BytesColumnBuilder)builder.Columns[1]).Append(System.Text.Encoding.UTF8.GetBytes(row.Key));
            ((FixedColumnBuilder<long>)builder.Columns[2]).Append(row.Time);
            for (int v = 0; v < Variables; v++)
                ((FixedColumnBuilder<bool>)builder.Columns[3 + v]).Append((row.Fits >> v & 1) != 0);
            builder.EndRow();
        }
        return builder.Build();
    }

    public static MatchExpression Column(int variable, int column, bool isFirst) => new(
        [new MatchColumn(variable, column, isFirst, 0, Input[column].Type)],
        new InputRef(0, Input[column].Type));

    private static MatchExpression Count(int variable) => new(
        [new MatchAggregate(
            "COUNT", variable, new InputRef(0, LogicalType.Int), LogicalType.BigInt.NotNull())],
        new InputRef(0, LogicalType.BigInt.NotNull()));

    private static MatchExpression Condition(int variable, bool looksBack)
    {
        var self = new MatchColumn(variable, 3 + variable, false, 0, LogicalType.Boolean);
        ImmutableArray<MatchReference> references =
            looksBack ? [self, new MatchColumn(variable, 0, false, 1, LogicalType.Int)] : [self];
        return new MatchExpression(references, new InputRef(0, LogicalType.Boolean));
    }

    private void Start(int parallelism, MemoryState? state)
    {
        Dispose();
        var time = new FakeTimeProvider();
        _contexts = [.. Enumerable.Range(0, parallelism).Select(
            s => TestContexts.Create(new TestMailbox(time), time, subtask: s, parallelism: parallelism))];
        _subtasks = [.. _contexts.Select(_ => new MatchOperator(_plan))];
        for (int s = 0; s < parallelism; s++)
        {
            _subtasks[s].Open(_contexts[s], Output);
            if (state is not null) _subtasks[s].Restore(state.Reader(s, parallelism));
        }
    }

    private int SubtaskOf(TestRow row)
    {
        Span<int> hash = stackalloc int[1];
        KeyHasher.Hash([BytesColumn.Of(row.Key)], hash);
        int keyGroup = KeyGroups.Of(hash[0], KeyGroups.DefaultMaxParallelism);
        return KeyGroups.SubtaskOf(keyGroup, KeyGroups.DefaultMaxParallelism, _subtasks.Length);
    }
}
