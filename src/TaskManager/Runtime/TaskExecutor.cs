using System.Collections.Concurrent;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Metrics;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Channels between all subtasks of this process. Give the same one to every TaskManager that lives in it.
/// </summary>
public sealed class ProcessExchange
{
    internal LocalExchange Channels { get; } = new();

    /// <summary>Channels that are open; 0 when no subtask runs.</summary>
    public int OpenChannels => Channels.OpenChannels;
}

/// <summary>Runs each subtask on a thread of its own.</summary>
public sealed class TaskExecutor : ITaskExecutor
{
    private readonly ConcurrentDictionary<SubtaskId, SubtaskThread> _threads = new();
    private readonly BackgroundThreads _background;
    private readonly SubtaskEnvironment _environment;

    public TaskExecutor(
        TimeProvider time,
        IConnectorRegistry connectors,
        ICheckpointFiles checkpointFiles,
        ProcessExchange exchange)
        : this(time, connectors, checkpointFiles, exchange.Channels, Threads.NewBackground)
    {
    }

    /// <param name="exchange">Disposed by whoever made it, after the executor.</param>
    public TaskExecutor(
        TimeProvider time,
        IConnectorRegistry connectors,
        ICheckpointFiles checkpointFiles,
        NetworkExchange exchange)
        : this(time, connectors, checkpointFiles, exchange, Threads.NewBackground)
    {
    }

    internal TaskExecutor(
        TimeProvider time,
        IConnectorRegistry connectors,
        ICheckpointFiles checkpointFiles,
        IExchange exchange,
        NewThread newThread)
    {
        _background = new BackgroundThreads(newThread);
        _environment = new SubtaskEnvironment(
            time,
            connectors,
            checkpointFiles,
            exchange,
            _background.Run)
        {
            NewThread = newThread,
        };
    }

    /// <summary>Subtasks that have not ended yet.</summary>
    public int RunningCount => _threads.Count;

    public void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener)
    {
        var thread = new SubtaskThread(
            descriptor, _environment, listener, () => _threads.TryRemove(descriptor.Id, out _));
        if (_threads.TryAdd(descriptor.Id, thread)) thread.Start();
    }

    public void Cancel(SubtaskId id) => Find(id)?.Cancel();

    public void CancelAll()
    {
        foreach (SubtaskThread thread in _threads.Values) thread.Cancel();
    }

    public void TriggerCheckpoint(SubtaskId id, Barrier barrier) =>
        Find(id)?.Subtask?.TriggerCheckpoint(barrier);

    public void CheckpointComplete(SubtaskId id, CheckpointId checkpoint) =>
        Find(id)?.Subtask?.CheckpointComplete(checkpoint);

    public void CheckpointAborted(SubtaskId id, CheckpointId checkpoint) =>
        Find(id)?.Subtask?.CheckpointAborted(checkpoint);

    public void Finish(SubtaskId id) => Find(id)?.Subtask?.Finish();

    public void Fail(SubtaskId id, string reason) => Find(id)?.Subtask?.Fail(reason);

    public IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id) => Find(id)?.Subtask?.Metrics;

    /// <summary>Cancels all subtasks and waits until their threads have ended.</summary>
    public void Dispose()
    {
        SubtaskThread[] threads = [.. _threads.Values];
        foreach (SubtaskThread thread in threads) thread.Cancel();
        foreach (SubtaskThread thread in threads) thread.Join();
        _background.Dispose();
    }

    private SubtaskThread? Find(SubtaskId id) => _threads.GetValueOrDefault(id);
}
