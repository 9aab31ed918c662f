using System.Collections.Immutable;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;

namespace Millrace.JobManager.Execution;

/// <summary>A checkpoint under way: which subtasks have not acknowledged it yet.</summary>
internal sealed class PendingCheckpoint(
    Barrier barrier,
    DateTimeOffset triggeredAt,
    SavepointRequest? request,
    bool isFinal,
    IEnumerable<SubtaskKey> subtasks)
{
    private readonly HashSet<SubtaskKey> _awaited = [.. subtasks];
    private readonly SortedDictionary<(int, int), SubtaskSnapshot> _snapshots = [];

    public Barrier Barrier { get; } = barrier;

    public CheckpointId Id => Barrier.Checkpoint;

    public DateTimeOffset TriggeredAt { get; } = triggeredAt;

    /// <summary>What asked for it; null for a periodic or the last checkpoint.</summary>
    public SavepointRequest? Request { get; } = request;

    /// <summary>
    /// A restart goes back to it; not so to a savepoint on the way, which its user may remove.
    /// </summary>
    public bool IsForRestarts => Request is null or { Then: AfterSavepoint.Rescale };

    /// <summary>A stop with savepoint: sources emit nothing after its barrier.</summary>
    public bool StopsSources => Barrier.StopsSources;

    /// <summary>
    /// When its barriers are sent to those again who have not acknowledged; never before they were sent once,
    /// for which the folder must be there.
    /// </summary>
    public DateTimeOffset RepeatAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Doubled with each repetition.</summary>
    public TimeSpan RepeatPause { get; set; }

    /// <summary>Taken when no subtask had data to come: the job finishes with it.</summary>
    public bool IsFinal { get; } = isFinal;

    /// <summary>Nothing else is triggered until it is complete or has failed.</summary>
    public bool IsLast => IsFinal || Request is { IsLast: true };

    /// <summary>All have acknowledged, and the metadata is being written.</summary>
    public bool IsBeingCompleted { get; private set; }

    public long SizeBytes { get; private set; }

    public bool IsAwaited(SubtaskKey subtask) => _awaited.Contains(subtask);

    /// <returns>False for a subtask that has acknowledged before or does not take part.</returns>
    public bool Acknowledge(SubtaskKey subtask, SubtaskSnapshot snapshot)
    {
        if (!_awaited.Remove(subtask)) return false;
        _snapshots.Add((subtask.Vertex, subtask.Index), snapshot);
        SizeBytes += snapshot.SizeBytes;
        IsBeingCompleted = _awaited.Count == 0;
        return true;
    }

    public CheckpointMetadata ToMetadata(string jobName, int maxParallelism) => new(
        Id, Barrier.IsSavepoint, jobName, maxParallelism, Barrier.Folder, [.. _snapshots.Values]);
}
