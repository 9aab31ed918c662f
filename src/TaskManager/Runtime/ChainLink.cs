using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Metrics;

namespace Millrace.TaskManager.Runtime;

/// <summary>What elements flow into: an operator of the chain, or the exchange at its end.</summary>
internal interface IChainTarget
{
    void Batch(int input, ColumnBatch batch);

    void Watermark(Watermark watermark);

    void Status(bool isIdle);

    void Barrier(Barrier barrier);

    void End(int input);
}

/// <summary>
/// One operator in a chain: hands it elements in order and passes control elements on after the operator's
/// own call. Behind an operator that answers later, control elements wait for what is pending.
/// </summary>
/// <param name="inputs">
/// How many inputs the operator has; the next is told of the end once all have ended.
/// </param>
internal sealed class ChainLink(
    string uid,
    IOperator @operator,
    int inputs,
    IChainTarget next,
    SnapshotCollector snapshots,
    MetricGroup metrics) : IChainTarget, IBatchOutput
{
    private readonly IAsyncOperator? _async = @operator as IAsyncOperator;
    private readonly Counter _in = metrics.Counter("numRecordsIn");
    private readonly Counter _out = metrics.Counter("numRecordsOut");
    private Watermark _sent = Shared.Dataflow.Watermark.None;
    private long _currentWatermark = long.MinValue;
    private int _open = inputs;

    public string Uid => uid;

    public IOperator Operator => @operator;

    /// <summary>Whether the operator wants no batch until some of its answers have come.</summary>
    public bool IsFull => _async is { IsFull: true };

    public bool HasPending => _async is { HasPending: true };

    public void Open(OperatorContext context)
    {
        metrics.Gauge("currentInputWatermark", () => Volatile.Read(ref _currentWatermark));
        @operator.Open(context, this);
    }

    public void Batch(int input, ColumnBatch batch)
    {
        _in.Add(batch.RowCount);
        @operator.Process(input, batch);
    }

    public void Emit(ColumnBatch batch)
    {
        if (batch.RowCount == 0) return;
        _out.Add(batch.RowCount);
        next.Batch(0, batch);
    }

    public void Watermark(Watermark watermark)
    {
        Volatile.Write(ref _currentWatermark, watermark.Milliseconds);
        InOrder(() =>
        {
            Watermark held = @operator.OnWatermark(watermark);
            if (held <= _sent) return;
            _sent = held;
            next.Watermark(held);
        });
    }

    public void Status(bool isIdle) => InOrder(() => next.Status(isIdle));

    public void Barrier(Barrier barrier) => InOrder(() =>
    {
        @operator.BeforeBarrier(barrier);
        snapshots.Add(barrier, uid, @operator.Snapshot(barrier.Checkpoint));
        next.Barrier(barrier);
    });

    public void End(int input) => InOrder(() =>
    {
        @operator.EndOfInput(input);
        if (--_open == 0) InOrder(() => next.End(0));
    });

    private void InOrder(Action action)
    {
        if (HasPending) _async!.AfterPending(action);
        else action();
    }
}
