using System.Collections.Concurrent;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.TaskManager.Runtime;

namespace Millrace.JobManager.Tests.Fakes;

/// <summary>
/// Subtasks that process nothing: they answer the control plane as the switches say, and tests make them end,
/// fail and acknowledge. Shared by the executors of all TaskManagers of a test.
/// </summary>
internal sealed class FakeRuntime
{
    private readonly ConcurrentDictionary<SubtaskId, (
        SubtaskDescriptor Descriptor, ISubtaskListener Listener)> _alive = new();
    private readonly ConcurrentDictionary<(string, int, long), bool> _barriers = new();

    public bool RunsAtOnce { get; set; } = true;

    public bool Acknowledges { get; set; } = true;

    public bool StopsWhenCanceled { get; set; } = true;

    /// <summary>Called instead of running: what a subtask does when it is deployed.</summary>
    public Action<SubtaskDescriptor, ISubtaskListener>? OnDeploy { get; set; }

    public ConcurrentQueue<SubtaskDescriptor> Deployed { get; } = new();

    public ConcurrentQueue<(SubtaskId Subtask, Barrier Barrier)> Triggered { get; } = new();

    public ConcurrentQueue<(SubtaskId Subtask, CheckpointId Checkpoint)> Completed { get; } = new();

    public ConcurrentQueue<(SubtaskId Subtask, CheckpointId Checkpoint)> Aborted { get; } = new();

    public IReadOnlyCollection<SubtaskId> Alive => [.. _alive.Keys];

    public ITaskExecutor NewExecutor() => new Executor(this);

    public void EndData(string jobId)
    {
        foreach ((SubtaskId id, (_, ISubtaskListener listener)) in _alive.Where(a => a.Key.JobId == jobId))
            listener.DataEnded(id);
    }

    public void Fail(SubtaskId id, ErrorKind kind, string message)
    {
        if (_alive.TryRemove(id, out var subtask)) subtask.Listener.Failed(id, kind, message);
    }

    public void Acknowledge(SubtaskId id, CheckpointId checkpoint)
    {
        if (_alive.TryGetValue(id, out var subtask))
            subtask.Listener.SnapshotWritten(id, checkpoint, SnapshotOf(subtask.Descriptor));
    }

    public void Decline(SubtaskId id, CheckpointId checkpoint, string reason)
    {
        if (_alive.TryGetValue(id, out var subtask)) subtask.Listener.SnapshotFailed(id, checkpoint, reason);
    }

    private static SubtaskSnapshot SnapshotOf(SubtaskDescriptor descriptor)
    {
        var vertex = descriptor.Graph.Vertices[descriptor.Id.Vertex];
        return new SubtaskSnapshot(vertex.Id, descriptor.Id.SubtaskIndex, "", 10, [vertex.Chain[0].Uid]);
    }

    /// <summary>
    /// As if the barrier reached all subtasks: each source starts it, the first one for all.
    /// </summary>
    private void Trigger(SubtaskId source, Barrier barrier)
    {
        Triggered.Enqueue((source, barrier));
        if (!Acknowledges || !_barriers.TryAdd(
            (source.JobId, source.Attempt, barrier.Checkpoint.Value), true)) return;
        List<SubtaskId> all =
            [.. _alive.Keys.Where(k => k.JobId == source.JobId && k.Attempt == source.Attempt)];
        foreach (SubtaskId id in all) Acknowledge(id, barrier.Checkpoint);
    }

    private sealed class Executor(FakeRuntime runtime) : ITaskExecutor
    {
        public void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener)
        {
            runtime._alive[descriptor.Id] = (descriptor, listener);
            runtime.Deployed.Enqueue(descriptor);
            if (runtime.OnDeploy is { } onDeploy) onDeploy(descriptor, listener);
            else if (runtime.RunsAtOnce) listener.Running(descriptor.Id);
        }

        public void Cancel(SubtaskId id)
        {
            if (runtime.StopsWhenCanceled
                && runtime._alive.TryRemove(id, out var subtask)) subtask.Listener.Canceled(id);
        }

        /// <summary>
        /// All executors of a test share their subtasks; tests of leases use one of their own.
        /// </summary>
        public void CancelAll()
        {
            foreach (SubtaskId id in runtime._alive.Keys) Cancel(id);
        }

        public void TriggerCheckpoint(SubtaskId id, Barrier barrier) => runtime.Trigger(id, barrier);

        public void CheckpointComplete(SubtaskId id, CheckpointId checkpoint) =>
            runtime.Completed.Enqueue((id, checkpoint));

        public void CheckpointAborted(SubtaskId id, CheckpointId checkpoint) =>
            runtime.Aborted.Enqueue((id, checkpoint));

        public void Finish(SubtaskId id)
        {
            if (runtime._alive.TryRemove(id, out var subtask)) subtask.Listener.Finished(id);
        }

        public void Fail(SubtaskId id, string reason) => runtime.Fail(id, ErrorKind.Unavailable, reason);

        public IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id)
        {
            if (!runtime._alive.TryGetValue(id, out var subtask)) return null;
            var group = new MetricGroup();
            group.Counter("numRecordsIn").Add(7);
            return new Dictionary<string, MetricGroup>
            {
                [""] = new MetricGroup(),
                [subtask.Descriptor.Graph.Vertices[id.Vertex].Chain[0].Uid] = group,
            };
        }

        public void Dispose()
        {
        }
    }
}
