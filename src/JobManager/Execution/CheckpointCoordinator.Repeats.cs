using System.Collections.Immutable;
using Millrace.Shared.Dataflow;

namespace Millrace.JobManager.Execution;

/// <summary>
/// Barriers, acknowledgements and what is said of a checkpoint's end may be lost with a connection that
/// breaks.
/// </summary>
internal sealed partial class CheckpointCoordinator
{
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Longer than a lease: a slot that has heard nothing for so long has stopped its subtasks by itself.
    /// </summary>
    private static readonly TimeSpan RepeatAborts = TimeSpan.FromSeconds(10);

    private readonly List<Aborted> _aborted = [];

    /// <summary>The barrier is told for the first time: from now on it may be told again.</summary>
    public void OnTold(CheckpointId id, DateTimeOffset now)
    {
        if (_pending.TryGetValue(id.Value, out PendingCheckpoint? pending))
            pending.RepeatAt = now + FirstRepeat;
    }

    /// <summary>
    /// Tells the barrier again to slots whose subtasks have not acknowledged: those that know it send again
    /// what they had sent. The pause doubles each time, and the checkpoint's time-out ends it.
    /// </summary>
    public void Repeat(DateTimeOffset now, List<JobEffect> effects)
    {
        foreach (PendingCheckpoint pending in _pending.Values)
        {
            if (pending.IsBeingCompleted || now < pending.RepeatAt) continue;
            pending.RepeatPause *= 2;
            pending.RepeatAt = now + pending.RepeatPause;
            ImmutableArray<int> slots =
                [.. _graph.Subtasks.Where(pending.IsAwaited).Select(k => k.Index).Distinct()];
            effects.Add(new TriggerBarrier(pending.Barrier) { Slots = slots, IsRepeated = true });
        }
        RepeatAborted(now, effects);
    }

    /// <summary>
    /// A gate that has the barrier of a checkpoint from some of its channels waits for the others until it
    /// hears that it will not complete. No report shows that it has, so it is told several times.
    /// </summary>
    private void RepeatAborted(DateTimeOffset now, List<JobEffect> effects)
    {
        _aborted.RemoveAll(a => now >= a.At + RepeatAborts);
        for (int i = 0; i < _aborted.Count; i++)
        {
            if (now < _aborted[i].RepeatAt) continue;
            _aborted[i] = _aborted[i] with { RepeatAt = now + FirstRepeat };
            effects.Add(new NotifyAborted(_aborted[i].Id));
        }
    }

    private sealed record Aborted(CheckpointId Id, DateTimeOffset At, DateTimeOffset RepeatAt);
}
