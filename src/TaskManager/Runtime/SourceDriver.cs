using Millrace.Operators;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// The head of a chain that reads a source: turns its output into elements, and barriers into its snapshots.
/// </summary>
internal sealed class SourceDriver : ISourceOutput, IDisposable
{
    private readonly Subtask _subtask;
    private readonly string _uid;
    private readonly ISourceOperator _source;
    private readonly IChainTarget _next;
    private readonly Counter _out;
    private bool _ended;
    private bool _stopped;
    private long _watermark = long.MinValue;

    /// <param name="readsNothing">As if its last barrier had stopped it.</param>
    public SourceDriver(Subtask subtask, OperatorNode node, IChainTarget next, bool readsNothing = false)
    {
        _stopped = readsNothing;
        _subtask = subtask;
        _uid = node.Uid;
        _source = OperatorFactory.CreateSource(node.Plan);
        _next = next;
        _out = subtask.MetricsOf(node.Uid).Counter("numRecordsOut");
    }

    /// <summary>Whether the last step found nothing to read although the source goes on.</summary>
    public bool IsWaiting { get; private set; }

    public void Open()
    {
        OperatorContext context = _subtask.ContextOf(_uid);
        context.Metrics.Gauge("currentOutputWatermark", () => Volatile.Read(ref _watermark));
        _source.Open(context, this);
        if (_subtask.ReaderFor(context) is { } state) _source.Restore(state);
    }

    /// <returns>Whether there is more to do at once.</returns>
    public bool Step()
    {
        if (_ended || _stopped) return false;
        SourceStatus status = _source.Step();
        IsWaiting = status == SourceStatus.Waiting;
        if (status != SourceStatus.Ended) return status == SourceStatus.HasMore;
        _ended = true;
        _next.End(0);
        return true;
    }

    public void Barrier(Barrier barrier)
    {
        if (_stopped) return;
        _subtask.AddSnapshot(barrier, _uid, _source.Snapshot(barrier.Checkpoint));
        _next.Barrier(barrier);
        if (!barrier.StopsSources) return;
        _stopped = true;
        IsWaiting = false;
    }

    public void OnCheckpointComplete(CheckpointId checkpoint) => _source.OnCheckpointComplete(checkpoint);

    public void Emit(ColumnBatch batch)
    {
        if (batch.RowCount == 0) return;
        _out.Add(batch.RowCount);
        _next.Batch(0, batch);
    }

    public void EmitWatermark(Watermark watermark)
    {
        Volatile.Write(ref _watermark, watermark.Milliseconds);
        _next.Watermark(watermark);
    }

    public void EmitIdle(bool isIdle) => _next.Status(isIdle);

    public void Dispose() => _source.Dispose();
}
