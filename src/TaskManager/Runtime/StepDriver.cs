using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Runs all subtasks of one job in the calling thread, one step after the other in a fixed order: the same
/// input gives the same run. For SQL cases and tests; a failure of any subtask is thrown at the caller.
/// </summary>
public sealed class StepDriver : ISubtaskListener, IDisposable
{
    private readonly Dictionary<CheckpointId, List<SubtaskSnapshot>> _snapshots = [];
    private readonly ICheckpointFiles _files;
    private readonly CheckpointStorage _storage;
    private readonly JobGraph _graph;
    private readonly List<Subtask> _subtasks = [];
    private readonly HashSet<SubtaskId> _ended = [];

    /// <param name="restore">A checkpoint to start from, or null.</param>
    public StepDriver(
        JobGraph graph,
        IConnectorRegistry connectors,
        TimeProvider time,
        ICheckpointFiles? checkpointFiles = null,
        CheckpointMetadata? restore = null,
        int attempt = 1)
    {
        ICheckpointFiles files = checkpointFiles ?? new LocalCheckpointFiles();
        _files = files;
        _storage = new CheckpointStorage(files);
        _graph = graph;
        var environment =
            new SubtaskEnvironment(time, connectors, files, new LocalExchange(), action => action());
        try
        {
            for (int vertex = 0; vertex < graph.Vertices.Length; vertex++)
                for (int i = 0; i < graph.Vertices[vertex].Parallelism; i++)
                    _subtasks.Add(new Subtask(
                        new SubtaskDescriptor(new SubtaskId("job", attempt, vertex, i), graph, restore),
                        environment,
                        this,
                        static () => { }));
            foreach (Subtask subtask in Enumerable.Reverse(_subtasks)) subtask.Open();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether all subtasks have emitted everything.</summary>
    public bool DataEnded => _ended.Count == _subtasks.Count;

    /// <summary>Steps every subtask until none has anything to do.</summary>
    public void RunUntilIdle()
    {
        bool worked = true;
        while (worked)
        {
            worked = false;
            foreach (Subtask subtask in _subtasks) worked |= StepUntilIdle(subtask);
        }
    }

    /// <summary>Takes a checkpoint now, with all that the sources have emitted before it.</summary>
    public CheckpointMetadata Checkpoint(CheckpointId checkpoint, string folder, bool isSavepoint = false)
    {
        _snapshots[checkpoint] = [];
        _files.CreateFolder(folder);
        var barrier = new Barrier(checkpoint, folder, isSavepoint);
        foreach (Subtask subtask in _subtasks) subtask.TriggerCheckpoint(barrier);
        RunUntilIdle();
        Invariant.Check(_snapshots[checkpoint].Count == _subtasks.Count);
        var metadata = new CheckpointMetadata(
            checkpoint, isSavepoint, _graph.Name, _graph.MaxParallelism, folder, [.. _snapshots[checkpoint]]);
        _storage.WriteMetadata(metadata);
        foreach (Subtask subtask in _subtasks) subtask.CheckpointComplete(checkpoint);
        RunUntilIdle();
        return metadata;
    }

    public void Dispose()
    {
        foreach (Subtask subtask in _subtasks) subtask.Dispose();
        _subtasks.Clear();
    }

    void ISubtaskListener.Running(SubtaskId id) { }

    void ISubtaskListener.DataEnded(SubtaskId id) => _ended.Add(id);

    void ISubtaskListener.Finished(SubtaskId id) { }

    void ISubtaskListener.Canceled(SubtaskId id) { }

    void ISubtaskListener.Failed(SubtaskId id, ErrorKind kind, string message) { }

    void ISubtaskListener.SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot) =>
        _snapshots[checkpoint].Add(snapshot);

    void ISubtaskListener.SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
        throw new MillraceException(ErrorKind.Unavailable, reason);

    private static bool StepUntilIdle(Subtask subtask)
    {
        bool worked = false;
        while (subtask.Step() == StepResult.Worked) worked = true;
        return worked;
    }
}
