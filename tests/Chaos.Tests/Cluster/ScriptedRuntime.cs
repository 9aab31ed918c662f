using System.Collections.Concurrent;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Subtasks that process nothing and answer the control plane, on all TaskManagers of a test: they run until
/// they are canceled or finished, and their data ends when the test says so. Remembers who ran where.
/// </summary>
internal sealed class ScriptedRuntime
{
    private readonly ConcurrentDictionary<SubtaskId, Running> _alive = new();
    private readonly ConcurrentDictionary<(int, long), bool> _barriers = new();

    /// <summary>Every deployment, in order, with the node.</summary>
    public ConcurrentQueue<(string Node, SubtaskDescriptor Subtask)> Deployed { get; } = new();

    /// <summary>Every end that was asked for by somebody, in order.</summary>
    public ConcurrentQueue<(string Node, SubtaskId Subtask)> Canceled { get; } = new();

    /// <summary>Set by a test: whether subtasks write snapshots.</summary>
    public bool Acknowledges { get; set; } = true;

    public IEnumerable<SubtaskId> AliveOn(string node) =>
        _alive.Where(a => a.Value.Node() == node).Select(a => a.Key);

    public int LastAttempt => Deployed.Select(d => d.Subtask.Id.Attempt).DefaultIfEmpty().Max();

    /// <summary>The checkpoint that the last attempt began from; null for none.</summary>
    public CheckpointId? LastRestore =>
        Deployed.LastOrDefault(d => d.Subtask.Id.Attempt == LastAttempt).Subtask?.Restore?.Checkpoint;

    /// <param name="node">The node's name, known when it has started.</param>
    public ITaskExecutor NewExecutor(Func<string> node) => new Executor(this, node);

    public void EndData()
    {
        foreach ((SubtaskId id, Running running) in _alive) running.Listener.DataEnded(id);
    }

    /// <summary>The node's process is gone, and all that ran in it.</summary>
    public void Kill(string node)
    {
        foreach (SubtaskId id in AliveOn(node).ToList()) _alive.TryRemove(id, out _);
    }

    /// <summary>
    /// As if the barrier had reached all subtasks of the attempt: the first source tells all.
    /// </summary>
    private void Trigger(SubtaskId source, Barrier barrier)
    {
        if (!Acknowledges || !_barriers.TryAdd((source.Attempt, barrier.Checkpoint.Value), true)) return;
        foreach ((SubtaskId id, Running running) in _alive.Where(a => a.Key.Attempt == source.Attempt))
        {
            JobVertex vertex = running.Graph.Vertices[id.Vertex];
            running.Listener.SnapshotWritten(id, barrier.Checkpoint, new SubtaskSnapshot(
                vertex.Id, id.SubtaskIndex, "", 10, [vertex.Chain[0].Uid]));
        }
    }

    private sealed record Running(Func<string> Node, JobGraph Graph, ISubtaskListener Listener);

    private sealed class Executor(ScriptedRuntime runtime, Func<string> node) : ITaskExecutor
    {
        public void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener)
        {
            runtime._alive[descriptor.Id] = new Running(node, descriptor.Graph, listener);
            runtime.Deployed.Enqueue((node(), descriptor));
            listener.Running(descriptor.Id);
        }

        public void Cancel(SubtaskId id)
        {
            if (!runtime._alive.TryRemove(id, out Running? running)) return;
            runtime.Canceled.Enqueue((node(), id));
            running.Listener.Canceled(id);
        }

        public void CancelAll()
        {
            foreach (SubtaskId id in runtime.AliveOn(node()).ToList()) Cancel(id);
        }

        public void TriggerCheckpoint(SubtaskId id, Barrier barrier) => runtime.Trigger(id, barrier);

        public void CheckpointComplete(SubtaskId id, CheckpointId checkpoint)
        {
        }

        public void CheckpointAborted(SubtaskId id, CheckpointId checkpoint)
        {
        }

        public void Finish(SubtaskId id)
        {
            if (runtime._alive.TryRemove(id, out Running? running)) running.Listener.Finished(id);
        }

        public void Fail(SubtaskId id, string reason)
        {
            if (runtime._alive.TryRemove(id, out Running? running))
                running.Listener.Failed(id, ErrorKind.Unavailable, reason);
        }

        public IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id) => null;

        public void Dispose()
        {
        }
    }
}
