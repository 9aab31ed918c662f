using System.Collections.Immutable;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Which subtask of which attempt; every report names it, so that a late one can be ignored.
/// </summary>
public sealed record SubtaskId(string JobId, int Attempt, int Vertex, int SubtaskIndex);

/// <summary>One subtask to run.</summary>
/// <param name="Graph">The whole job: a subtask finds its vertex, inputs and outputs in it.</param>
/// <param name="Restore">The checkpoint to start from, or null to start empty.</param>
public sealed record SubtaskDescriptor(SubtaskId Id, JobGraph Graph, CheckpointMetadata? Restore)
{
    /// <summary>
    /// By slot index, that is the index of the subtasks in it: the data port (host:port) of the process that
    /// has the slot. Empty: every subtask is in this process.
    /// </summary>
    public ImmutableArray<string> Exchanges { get; init; } = [];

    /// <summary>
    /// Every subtask that this attempt replaces, as (vertex, index); empty: the whole job.
    /// </summary>
    public ImmutableArray<(int Vertex, int Index)> Region { get; init; } = [];

    /// <summary>
    /// The highest complete checkpoint or savepoint of the job when the attempt began; 0: none.
    /// </summary>
    public CheckpointId LastCheckpoint { get; init; }

    /// <summary>
    /// The job has stopped with the savepoint that it restores: its side effects are to take effect, and
    /// sources emit nothing.
    /// </summary>
    public bool ReadsNothing { get; init; }

    /// <summary>For messages.</summary>
    internal string Describe()
    {
        JobVertex vertex = Graph.Vertices[Id.Vertex];
        return $"{vertex.Name} ({Id.SubtaskIndex + 1}/{vertex.Parallelism})";
    }
}

/// <summary>
/// Runs subtasks of any job on this node, each on its own thread. A slot actor drives it; all members may be
/// called from any thread and return at once.
/// </summary>
public interface ITaskExecutor : IDisposable
{
    /// <summary>Starts the subtask; reports come to the listener from other threads.</summary>
    void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener);

    /// <summary>
    /// Stops the subtask without a last word to its neighbours;
    /// <see cref="ISubtaskListener.Canceled"/> follows.
    /// </summary>
    void Cancel(SubtaskId id);

    /// <summary>As <see cref="Cancel"/>, every subtask of every job: the node has lost its lease.</summary>
    void CancelAll();

    /// <summary>For a source vertex: emits the barrier. Other vertices hear it from their inputs.</summary>
    void TriggerCheckpoint(SubtaskId id, Barrier barrier);

    /// <summary>The checkpoint is complete and durable.</summary>
    void CheckpointComplete(SubtaskId id, CheckpointId checkpoint);

    /// <summary>The checkpoint will not complete: what waits for it (alignment) goes on.</summary>
    void CheckpointAborted(SubtaskId id, CheckpointId checkpoint);

    /// <summary>
    /// Ends a subtask after the last checkpoint: one that has reported
    /// <see cref="ISubtaskListener.DataEnded"/>, or any after a stop with savepoint.
    /// <see cref="ISubtaskListener.Finished"/> follows.
    /// </summary>
    void Finish(SubtaskId id);

    /// <summary>Makes the running subtask fail with a message (chaos tests, <c>--kill-every</c>).</summary>
    void Fail(SubtaskId id, string reason);

    /// <summary>
    /// The metrics of the subtask's operators by uid, and of the subtask under
    /// the empty uid; null when it is gone.
    /// </summary>
    IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id);
}

/// <summary>Hears from a subtask, on the subtask's or a writer's thread; must return at once.</summary>
public interface ISubtaskListener
{
    /// <summary>Open and restored; records flow from here on.</summary>
    void Running(SubtaskId id);

    /// <summary>
    /// All inputs have ended and everything was emitted. The subtask stays and takes part in checkpoints
    /// until <see cref="ITaskExecutor.Finish"/>, so that a last checkpoint covers the whole job.
    /// </summary>
    void DataEnded(SubtaskId id);

    void Finished(SubtaskId id);

    void Canceled(SubtaskId id);

    /// <summary>
    /// The subtask has ended by itself. Kind Invalid: the data or the job is
    /// wrong and a restart would not help.
    /// </summary>
    void Failed(SubtaskId id, ErrorKind kind, string message);

    /// <summary>The snapshot of this subtask is durable.</summary>
    void SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot);

    /// <summary>The snapshot could not be written (a full disk, say); the subtask goes on.</summary>
    void SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason);
}
