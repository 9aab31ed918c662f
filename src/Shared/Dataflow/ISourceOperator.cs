using Millrace.Shared.State;

namespace Millrace.Shared.Dataflow;

public enum SourceStatus
{
    /// <summary>Call again.</summary>
    HasMore,

    /// <summary>
    /// Nothing now: the subtask calls again when its mailbox runs an action, or after a short while.
    /// </summary>
    Waiting,

    /// <summary>All splits have ended; the watermark MAX has been emitted.</summary>
    Ended,
}

/// <summary>The head of a chain without inputs. Called by the subtask's own thread only.</summary>
public interface ISourceOperator : IDisposable
{
    void Open(OperatorContext context, ISourceOutput output);

    void Restore(IStateReader state);

    /// <summary>
    /// Does bounded work: emits at most one batch and the watermark or status that follows from it.
    /// </summary>
    SourceStatus Step();

    /// <summary>
    /// Positions and watermarks of the splits; what was emitted before lies before the barrier.
    /// </summary>
    IStateSnapshot? Snapshot(CheckpointId checkpoint);

    void OnCheckpointComplete(CheckpointId checkpoint);
}

/// <summary>Where a source's elements go.</summary>
public interface ISourceOutput : IBatchOutput
{
    /// <summary>Rises from call to call.</summary>
    void EmitWatermark(Watermark watermark);

    /// <summary>
    /// Whether the source counts in the joint watermark downstream (Flink's WatermarkStatus).
    /// </summary>
    void EmitIdle(bool isIdle);
}
