using Millrace.Shared.Columns;
using Millrace.Shared.State;

namespace Millrace.Shared.Dataflow;

/// <summary>
/// What happens to records in one subtask. The plan record is the immutable configuration; an instance is one
/// subtask's operator with its state. All members are called by the subtask's own thread, one after the
/// other.
/// </summary>
/// <remarks>
/// Order of calls: <see cref="Open"/>, then <see cref="Restore"/> if there is a checkpoint, then elements in
/// the order of the channel, at the end <see cref="EndOfInput"/> (after the watermark MAX), at last Dispose.
/// The subtask forwards watermarks, status, barriers and the end to the next operator itself, after the
/// operator's own call has returned; an operator only emits batches. See <see cref="IAsyncOperator"/> for
/// operators that answer later.
/// </remarks>
public interface IOperator : IDisposable
{
    void Open(OperatorContext context, IBatchOutput output);

    /// <summary>Takes over the state of this operator that lies in the subtask's key groups.</summary>
    void Restore(IStateReader state);

    /// <param name="input">Index of the input, 0 for operators with one.</param>
    /// <param name="batch">Lent for the call; <see cref="ColumnBatch.Retain"/> to keep it.</param>
    void Process(int input, ColumnBatch batch);

    /// <summary>The joint watermark of all inputs has risen to <paramref name="watermark"/>.</summary>
    /// <returns>
    /// The watermark to send on: the same, or a smaller one where the operator holds rows back.
    /// </returns>
    Watermark OnWatermark(Watermark watermark);

    /// <summary>
    /// No more rows on this input. The watermark MAX of all inputs comes first when it is the last.
    /// </summary>
    void EndOfInput(int input);

    /// <summary>
    /// The barrier has arrived on all inputs: emit what must lie before it (a
    /// mini-batch bundle, a sink's buffer).
    /// </summary>
    void BeforeBarrier(Barrier barrier);

    /// <summary>
    /// The state as it is now, to be written by another thread later:
    /// milliseconds at any size (copy on write).
    /// </summary>
    /// <returns>Null where the operator has no state.</returns>
    IStateSnapshot? Snapshot(CheckpointId checkpoint);

    /// <summary>The checkpoint is complete: what was prepared with it takes effect.</summary>
    void OnCheckpointComplete(CheckpointId checkpoint);

    /// <summary>
    /// The job has finished, and no data nor barrier follows: what is left to take effect does so now.
    /// </summary>
    void Finish()
    {
    }
}

/// <summary>
/// An operator whose output comes later than the call that caused it (a lookup in a database), in order. The
/// subtask puts watermarks, barriers and the end behind what is pending.
/// </summary>
public interface IAsyncOperator : IOperator
{
    /// <summary>True while batches taken in have not been emitted yet.</summary>
    bool HasPending { get; }

    /// <summary>True when no further batch should be given until some have been emitted.</summary>
    bool IsFull { get; }

    /// <summary>
    /// Runs the action, on the subtask's thread, once everything taken in so far has been emitted.
    /// </summary>
    void AfterPending(Action action);
}

/// <summary>Where an operator's batches go: the next operator of the chain, or the exchange.</summary>
public interface IBatchOutput
{
    /// <summary>Lends the batch for the call; the caller still owns its reference.</summary>
    void Emit(ColumnBatch batch);
}
