using System.Collections.Immutable;

namespace Millrace.JobManager.Execution;

/// <summary>Barriers and acknowledgements may be lost with a connection that breaks.</summary>
internal sealed partial class CheckpointCoordinator
{
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromSeconds(2);

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
    }
}
