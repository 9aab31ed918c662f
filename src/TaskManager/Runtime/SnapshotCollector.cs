using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.State;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// The snapshots of a chain's operators while a barrier travels through it; used by the subtask's thread.
/// </summary>
internal sealed class SnapshotCollector : IDisposable
{
    private readonly Dictionary<CheckpointId, List<(string Uid, IStateSnapshot Snapshot)>> _collecting = [];

    public void Add(Barrier barrier, string uid, IStateSnapshot? snapshot)
    {
        if (!_collecting.TryGetValue(barrier.Checkpoint, out List<(string, IStateSnapshot)>? collected))
            _collecting.Add(barrier.Checkpoint, collected = []);
        if (snapshot is not null) collected.Add((uid, snapshot));
    }

    /// <summary>
    /// Everything collected for the barrier, which has reached the end of the chain; now the caller's.
    /// </summary>
    public List<(string Uid, IStateSnapshot Snapshot)> Take(Barrier barrier)
    {
        Invariant.Check(
            _collecting.Remove(barrier.Checkpoint, out List<(string, IStateSnapshot)>? collected));
        return collected;
    }

    public void Dispose()
    {
        foreach ((_, IStateSnapshot snapshot) in _collecting.Values.SelectMany(c => c)) snapshot.Dispose();
        _collecting.Clear();
    }
}
