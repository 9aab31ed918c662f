using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;

namespace Millrace.Operators.Sinks;

/// <summary>
/// Hands rows to the connector's writer. At a barrier and at the end of input the writer is flushed, so that
/// a checkpoint completes only when what came before it has taken effect; what a restart writes again is the
/// writer's affair (an upsert by primary key changes nothing). What a writer prepares instead takes effect
/// when the checkpoint is complete (<see cref="SinkCommits"/>).
/// </summary>
internal sealed class SinkOperator(SinkPlan plan) : IOperator
{
    private ISinkWriter? _writer;
    private SinkCommits? _commits;
    private string _name = "";
    private NotNullColumns? _notNull;
    private Counter? _sent;

    public void Open(OperatorContext context, IBatchOutput output)
    {
        _writer = context.Connectors.Find(plan.Table).OpenSink(plan.Table, context.ForConnector());
        _name = context.OperatorName;
        if (_writer is ICommittingSinkWriter committing) _commits = new SinkCommits(committing, context);
        _notNull = new NotNullColumns(plan, context.Metrics.Counter("numRecordsDropped"));
        _sent = context.Metrics.Counter("numRecordsSend");
    }

    public void Restore(IStateReader state)
    {
        if (_commits is not null) _commits.Restore(state);
        else if (CommittableSnapshot.Read(state) is [var first, ..])
            throw SinkCommits.OtherSink(first.Committable.Format, _name);
    }

    public void Process(int input, ColumnBatch batch)
    {
        ColumnBatch rows = _notNull!.Enforce(batch);
        if (rows.RowCount > 0)
        {
            _commits?.Begin();
            _writer!.Write(rows);
        }
        _sent!.Add(rows.RowCount);
        rows.Release();
    }

    public Watermark OnWatermark(Watermark watermark) => watermark;

    public void EndOfInput(int input) => _writer!.Flush();

    public void BeforeBarrier(Barrier barrier)
    {
        if (_commits is not null) _commits.Prepare(barrier);
        else _writer!.Flush();
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) => _commits?.Snapshot();

    public void OnCheckpointComplete(CheckpointId checkpoint) => _commits?.OnComplete(checkpoint);

    public void Finish() => _commits?.Finish();

    public void Dispose() => _writer?.Dispose();
}
