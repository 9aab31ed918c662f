using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Runtime;
using Millrace.TaskManager.Tests.Network;
using Xunit;

namespace Millrace.TaskManager.Tests;

/// <summary>
/// Runs the subtasks of a job in the calling thread, each step by the subtask that chance names; some
/// subtasks are named seldom, so that channels before them fill up.
/// </summary>
internal sealed class RandomDriver : ISubtaskListener, IDisposable
{
    private readonly List<SubtaskSnapshot> _written = [];
    private readonly List<Subtask> _subtasks = [];
    private readonly HashSet<SubtaskId> _ended = [];
    private readonly Random _random;
    private readonly JobGraph _graph;
    private readonly double[] _shares;
    private CheckpointId _current;

    public RandomDriver(
        JobGraph graph,
        MemoryConnector connector,
        Random random,
        int attempt,
        CheckpointMetadata? restore = null,
        Func<SubtaskId, IExchange>? exchangeOf = null,
        string[]? addresses = null)
    {
        _graph = graph;
        _random = random;
        var local = new LocalExchange();
        for (int vertex = 0; vertex < graph.Vertices.Length; vertex++)
            for (int i = 0; i < graph.Vertices[vertex].Parallelism; i++)
            {
                var id = new SubtaskId("job", attempt, vertex, i);
                var environment = new SubtaskEnvironment(
                    TimeProvider.System, connector, new LocalCheckpointFiles(),
                    exchangeOf?.Invoke(id) ?? local, action => action());
                var descriptor = new SubtaskDescriptor(id, graph, restore)
                {
                    Exchanges = addresses is null ? [] : [.. addresses],
                };
                _subtasks.Add(new Subtask(descriptor, environment, this, static () => { }));
            }
        _shares = [.. _subtasks.Select(_ => random.Next(4) == 0 ? 0.02 : 1)];
        foreach (Subtask subtask in Enumerable.Reverse(_subtasks)) subtask.Open();
    }

    public bool DataEnded => _ended.Count == _subtasks.Count;

    public void Steps(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int chosen = _random.Next(_subtasks.Count);
            if (_random.NextDouble() < _shares[chosen]) _subtasks[chosen].Step();
        }
    }

    public void RunToEnd() => Condition.Await(() =>
    {
        Steps(1000);
        return DataEnded;
    });

    /// <summary>Triggers a checkpoint whose barriers may overtake, and runs until it is complete.</summary>
    public CheckpointMetadata Checkpoint(long id, string folder, TimeSpan? limit)
    {
        Trigger(id, folder, limit);
        Condition.Await(() =>
        {
            for (int i = 0; i < 1000 && _written.Count < _subtasks.Count; i++) Steps(1);
            return _written.Count == _subtasks.Count;
        });
        return new CheckpointMetadata(
            _current, false, _graph.Name, _graph.MaxParallelism, folder, [.. _written]);
    }

    public void Abort(long id)
    {
        foreach (Subtask subtask in _subtasks) subtask.CheckpointAborted(new CheckpointId(id));
    }

    public void Trigger(long id, string folder, TimeSpan? limit)
    {
        _written.Clear();
        _current = new CheckpointId(id);
        var barrier = new Barrier(_current, folder) { AlignmentLimit = limit };
        Directory.CreateDirectory(folder);
        foreach (Subtask subtask in _subtasks) subtask.TriggerCheckpoint(barrier);
    }

    public void Dispose()
    {
        foreach (Subtask subtask in _subtasks) subtask.Dispose();
    }

    void ISubtaskListener.Running(SubtaskId id) { }

    void ISubtaskListener.DataEnded(SubtaskId id) => _ended.Add(id);

    void ISubtaskListener.Finished(SubtaskId id) { }

    void ISubtaskListener.Canceled(SubtaskId id) { }

    void ISubtaskListener.Failed(SubtaskId id, ErrorKind kind, string message) => Assert.Fail(message);

    void ISubtaskListener.SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot)
    {
        if (checkpoint == _current) _written.Add(snapshot);
    }

    void ISubtaskListener.SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
        Assert.Fail(reason);
}
