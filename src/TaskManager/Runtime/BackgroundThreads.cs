using System.Collections.Concurrent;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Threads for what waits for disks: the writing of snapshots. Not the thread pool's, which has few and
/// carries the connections of the exchange: a dozen slow writes would stop the records.
/// </summary>
/// <remarks>The queue is bounded by the subtasks and the checkpoints that may be under way.</remarks>
internal sealed class BackgroundThreads : IDisposable
{
    /// <summary>Disks gain little from more writers at a time.</summary>
    private const int Count = 4;

    private readonly BlockingCollection<Action> _actions = [];

    public BackgroundThreads(NewThread newThread)
    {
        for (int i = 0; i < Count; i++) newThread($"snapshots {i}", Run).Start();
    }

    /// <summary>Runs the action soon; it throws nothing.</summary>
    public void Run(Action action) => _actions.Add(action);

    /// <summary>What was given still runs; nobody waits for it.</summary>
    public void Dispose() => _actions.CompleteAdding();

    private void Run()
    {
        foreach (Action action in _actions.GetConsumingEnumerable()) action();
    }
}
