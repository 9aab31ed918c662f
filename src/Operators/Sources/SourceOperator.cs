using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;

namespace Millrace.Operators.Sources;

/// <summary>
/// Reads the splits of a table side by side. Each split has its own watermark; the one with the lowest is
/// read next, one batch at a time, so that no split runs ahead and memory stays at one batch. What the source
/// promises downstream is the lowest watermark of its splits.
/// </summary>
/// <remarks>
/// A split not yet begun holds the watermark back; one with rows to read is never idle; one that has ended
/// counts as the end of time. Without a watermark in the plan the splits take turns. Subtask i of p owns the
/// splits with index i, i + p, … in the connector's order; after a restore each goes on exactly where it was.
/// </remarks>
internal sealed class SourceOperator(SourcePlan plan) : ISourceOperator
{
    /// <summary>How long a split without rows is left alone while others have some.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly List<SplitProgress> _splits = [];
    private OperatorContext? _context;
    private ISourceOutput? _output;
    private ISourceConnector? _connector;
    private Evaluator[] _outputs = [];
    private RowtimeTracker? _rowtime;
    private WatermarkOutput? _watermarks;
    private Dictionary<string, SplitProgress> _restored = [];
    private bool _isAssigned;
    private long _turn;
    private long _remainingBytes;
    private Counter? _rows;

    public void Open(OperatorContext context, ISourceOutput output)
    {
        _context = context;
        _output = output;
        var evaluation = new EvaluationContext(context.Time, context.TimeZone);
        _connector = context.Connectors.Find(plan.Table)
            .OpenSource(plan.Table, plan.Scan, context.ForConnector());
        bool computes = !plan.Outputs.Select((e, i) => e is InputRef r && r.Index == i).All(same => same)
            || plan.Outputs.Length != plan.Scan.Columns.Length;
        _outputs = computes ? [.. plan.Outputs.Select(e => Evaluator.Compile(e, evaluation))] : [];
        _rowtime = plan.Watermark is null ? null : new RowtimeTracker(plan, plan.Watermark, evaluation);
        _watermarks = new WatermarkOutput(output, context.Time, plan.Watermark?.EmitIntervalMs ?? 0);
        _rows = context.Metrics.Counter("numRecordsIn");
        context.Metrics.Gauge("pendingBytes", () => Volatile.Read(ref _remainingBytes));
    }

    public void Restore(IStateReader state) => _restored = SplitSnapshot.Read(state);

    public SourceStatus Step()
    {
        if (!_isAssigned)
        {
            Assign();
            // A row that was late before the restore is late after it.
            EmitTime();
        }
        bool gaveRows = false;
        foreach (SplitProgress split in InReadingOrder())
            if (gaveRows = Read(split)) break;
        _remainingBytes = _splits.Sum(s => Math.Max(0, s.RemainingBytes));
        EmitTime();
        if (HasEnded) return SourceStatus.Ended;
        return gaveRows ? SourceStatus.HasMore : SourceStatus.Waiting;
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint)
    {
        if (!_isAssigned) Assign();
        return new SplitSnapshot(_splits);
    }

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void Dispose()
    {
        foreach (SplitProgress split in _splits) split.Dispose();
        _connector?.Dispose();
    }

    private void Assign()
    {
        IReadOnlyList<string> names = _connector!.Splits();
        string? missing = _restored.Values.FirstOrDefault(s => !s.IsEnded && !names.Contains(s.Name))?.Name;
        if (missing is not null)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Table '{plan.Table.Name}' has no split '{missing}' any more, and the checkpoint was "
                + "reading it.");
        for (int i = _context!.SubtaskIndex; i < names.Count; i += _context.Parallelism)
            _splits.Add(_restored.GetValueOrDefault(names[i])
                ?? new SplitProgress(names[i], null, Watermark.None, false));
        _restored = [];
        _isAssigned = true;
    }

    /// <summary>
    /// The splits to try, those that waited a moment ago last; else lowest watermark first, then turns.
    /// </summary>
    private SplitProgress[] InReadingOrder() =>
        [.. _splits.Where(s => !s.IsEnded)
            .OrderBy(s => (JustWaited(s), s.Watermark.Milliseconds, s.LastTurn))];

    private bool JustWaited(SplitProgress split) =>
        split.PolledAt is { } polled && _context!.Time.GetElapsedTime(polled) < PollInterval;

    /// <returns>Whether the split gave rows or ended: the step's work is done.</returns>
    private bool Read(SplitProgress split)
    {
        split.LastTurn = ++_turn;
        switch (split.Reader(_connector!).Read(ColumnBatch.MaxRows, out ColumnBatch? batch))
        {
            case SplitState.HasRows:
                split.HasRows();
                Emit(split, batch!);
                return true;
            case SplitState.Ended:
                split.End();
                return true;
            default:
                split.Waits(_context!.Time.GetTimestamp());
                if (IsIdle(split)) split.GoIdle();
                return false;
        }
    }

    private bool IsIdle(SplitProgress split)
    {
        long timeoutMs = plan.Watermark?.IdleTimeoutMs ?? 0;
        return timeoutMs > 0 && split.WaitingSince is { } since
            && _context!.Time.GetElapsedTime(since).TotalMilliseconds >= timeoutMs;
    }

    private void Emit(SplitProgress split, ColumnBatch read)
    {
        ColumnBatch batch = _outputs.Length == 0 ? read : Compute(read);
        try
        {
            if (batch.RowCount == 0) return;
            Watermark reached = _rowtime?.Reached(batch, split.Name) ?? Watermark.None;
            _rows!.Add(batch.RowCount);
            _output!.Emit(batch);
            split.Advance(reached);
        }
        finally
        {
            batch.Release();
        }
    }

    private ColumnBatch Compute(ColumnBatch read)
    {
        var columns = new Column[_outputs.Length];
        for (int i = 0; i < columns.Length; i++) columns[i] = _outputs[i].Evaluate(read);
        var batch = new ColumnBatch(columns, read.RowCount, read.SharedKinds);
        read.Release();
        return batch;
    }

    private bool HasEnded => _splits.TrueForAll(s => s.IsEnded);

    private void EmitTime()
    {
        if (HasEnded)
        {
            _watermarks!.End();
            return;
        }
        bool anyActive = false;
        Watermark lowest = Watermark.Max;
        foreach (SplitProgress split in _splits)
        {
            if (split.IsEnded || split.IsIdle) continue;
            anyActive = true;
            if (split.Watermark < lowest) lowest = split.Watermark;
        }
        _watermarks!.Advance(anyActive ? lowest : Watermark.None, isIdle: !anyActive);
    }
}
