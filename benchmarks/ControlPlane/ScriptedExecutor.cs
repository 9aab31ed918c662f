using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;
using Millrace.TaskManager.Runtime;

namespace Millrace.Benchmarks.ControlPlane;

/// <summary>
/// Subtasks that do nothing and say at once what real ones say: they run, they have written their snapshots
/// when the source of their index got the barrier, they are canceled. Each has the metrics of a real one.
/// </summary>
internal sealed class ScriptedExecutor : ITaskExecutor
{
    private const long SnapshotBytes = 64 << 10;
    private static readonly string[] MetricNames =
    [
        "numRecordsIn", "numRecordsOut", "numBytesOut", "busyTimeMsPerSecond", "backPressuredTimeMsPerSecond",
        "idleTimeMsPerSecond", "currentInputWatermark", "numLateRecordsDropped",
    ];

    private readonly ConcurrentDictionary<SubtaskId, Running> _running = new();
    private readonly ConcurrentDictionary<JobVertex, Dictionary<string, MetricGroup>> _metrics = new();

    public void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener)
    {
        _running[descriptor.Id] = new Running(descriptor.Graph, listener);
        listener.Running(descriptor.Id);
    }

    public void Cancel(SubtaskId id)
    {
        if (_running.TryRemove(id, out Running? running)) running.Listener.Canceled(id);
    }

    public void CancelAll()
    {
        foreach (SubtaskId id in _running.Keys) Cancel(id);
    }

    public void TriggerCheckpoint(SubtaskId id, Barrier barrier)
    {
        if (!_running.TryGetValue(id, out Running? source)) return;
        for (int vertex = 0; vertex < source.Graph.Vertices.Length; vertex++)
        {
            SubtaskId each = id with { Vertex = vertex };
            if (!_running.TryGetValue(each, out Running? running)) continue;
            running.Listener.SnapshotWritten(each, barrier.Checkpoint, Snapshot(running.Graph, each));
        }
    }

    public void CheckpointComplete(SubtaskId id, CheckpointId checkpoint)
    {
    }

    public void CheckpointAborted(SubtaskId id, CheckpointId checkpoint)
    {
    }

    public void Finish(SubtaskId id)
    {
        if (_running.TryRemove(id, out Running? running)) running.Listener.Finished(id);
    }

    public void Fail(SubtaskId id, string reason)
    {
        if (_running.TryRemove(id, out Running? running))
            running.Listener.Failed(id, ErrorKind.Unavailable, reason);
    }

    public IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id) =>
        _running.TryGetValue(id, out Running? running)
            ? _metrics.GetOrAdd(running.Graph.Vertices[id.Vertex], NewMetrics)
            : null;

    public void Dispose()
    {
    }

    private static SubtaskSnapshot Snapshot(JobGraph graph, SubtaskId id)
    {
        JobVertex vertex = graph.Vertices[id.Vertex];
        string file = string.Create(
            CultureInfo.InvariantCulture, $"{id.Vertex}-{id.SubtaskIndex}-{id.Attempt}");
        ImmutableArray<string> uids = [.. vertex.Chain.Select(n => n.Uid)];
        return new SubtaskSnapshot(vertex.Id, id.SubtaskIndex, file, SnapshotBytes, uids);
    }

    private static Dictionary<string, MetricGroup> NewMetrics(JobVertex vertex)
    {
        var all = new Dictionary<string, MetricGroup>();
        foreach (string uid in vertex.Chain.Select(n => n.Uid).Append(""))
        {
            all[uid] = new MetricGroup();
            foreach (string name in MetricNames) all[uid].Counter(name).Add(1_000_000);
        }
        return all;
    }

    private sealed record Running(JobGraph Graph, ISubtaskListener Listener);
}
