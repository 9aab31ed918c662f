using System.Collections.Immutable;
using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Actors;

/// <summary>What slots are told.</summary>
internal sealed partial class JobMasterActor
{
    private static readonly TimeSpan ShortestReportInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>A JobMaster hears about so many reports a second from its slots together.</summary>
    private const int ReportsPerSecond = 500;

    /// <summary>Shorter than the patience after which commands are repeated.</summary>
    private static readonly TimeSpan LongestReportInterval = TimeSpan.FromSeconds(1.5);

    private void Deploy(DeployAttempt deploy)
    {
        ImmutableArray<Slot> slots = deploy.Table.Slots;
        // The same objects for all slots: what is built for each of thousands must be small.
        ByteString exchanges = ExchangesCodec.ToBytes(slots.Select(s => s.Exchange));
        List<SubtaskRef> region = [.. deploy.Region.Select(Ref)];
        Metadata? restore = deploy.Restore is null ? null : CheckpointCodec.ToRestore(deploy.Restore);
        foreach (IGrouping<int, SubtaskKey> slot in deploy.Subtasks.GroupBy(k => k.Index))
            slots[slot.Key].Actor.Tell(new DeploySubtasks
            {
                JobId = _job.Value,
                Attempt = deploy.Attempt,
                Graph = _record.Submission!.Graph,
                Subtasks = { slot.Select(Ref) },
                Restore = restore,
                Exchanges = exchanges,
                Region = { region },
                Term = _term,
                ReadsNothing = deploy.ReadsNothing,
                LastCheckpoint = deploy.LastCheckpoint,
                ReportIntervalMs = (long)ReportInterval(slots.Length).TotalMilliseconds,
            });
    }

    private static TimeSpan ReportInterval(int slots)
    {
        TimeSpan interval = TimeSpan.FromSeconds((double)slots / ReportsPerSecond);
        return interval < ShortestReportInterval ? ShortestReportInterval
            : interval > LongestReportInterval ? LongestReportInterval
            : interval;
    }

    private void Cancel(CancelAttempt cancel)
    {
        foreach (IGrouping<int, SubtaskKey> slot in cancel.Subtasks.GroupBy(k => k.Index))
            _machine!.Slots[slot.Key]?.Actor.Tell(new CancelSubtasks
            {
                JobId = _job.Value,
                Attempt = cancel.Attempt,
                Subtasks = { slot.Select(Ref) },
            });
    }

    private void Finish(FinishAll finish) => TellSlots(finish, attempt => new FinishSubtasks
    {
        JobId = _job.Value,
        Attempt = attempt,
        CompletedCheckpoint = finish.Completed?.Value ?? 0,
    });

    private void TellBarrier(TriggerBarrier trigger) => TellSlots(trigger, attempt => new TriggerCheckpoint
    {
        JobId = _job.Value,
        Attempt = attempt,
        CheckpointId = trigger.Barrier.Checkpoint.Value,
        Folder = trigger.Barrier.Folder,
        Savepoint = trigger.Barrier.IsSavepoint,
        StopsSources = trigger.Barrier.StopsSources,
        AlignmentLimitMs = (long)(trigger.Barrier.AlignmentLimit?.TotalMilliseconds ?? 0),
    });

    private void Notify(NotifyCompleted completed) => TellSlots(completed, attempt => new CheckpointCompleted
    {
        JobId = _job.Value,
        Attempt = attempt,
        CheckpointId = completed.Checkpoint.Value,
    });

    private void Notify(NotifyAborted aborted) => TellSlots(aborted, attempt => new CheckpointAborted
    {
        JobId = _job.Value,
        Attempt = attempt,
        CheckpointId = aborted.Checkpoint.Value,
    });

    private void Inject(InjectFailure failure) =>
        _machine!.Slots[failure.Subtask.Index]?.Actor.Tell(new FailSubtaskInSlot
        {
            JobId = _job.Value,
            Attempt = failure.Attempt,
            Subtask = Ref(failure.Subtask),
            Reason = failure.Reason,
        });

    /// <summary>One message for each attempt that a slot has subtasks of.</summary>
    private void TellSlots(SlotsEffect effect, Func<int, IMessage> message)
    {
        ImmutableArray<int> slots =
            effect.Slots.IsDefault ? [.. Enumerable.Range(0, _machine!.Slots.Count)] : effect.Slots;
        foreach (int index in slots)
        {
            if (_machine!.Slots[index] is not { } slot) continue;
            foreach (int attempt in _machine.Graph.RegionsIn(index).Where(r => r.IsDeployed)
                .Select(r => r.Attempt).Distinct())
                slot.Actor.Tell(message(attempt));
        }
    }

    private static SubtaskRef Ref(SubtaskKey key) => new() { Vertex = key.Vertex, Subtask = key.Index };
}
