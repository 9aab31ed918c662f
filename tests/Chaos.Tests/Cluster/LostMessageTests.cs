using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>What the JobManager says to slots is lost on each link, at the steps where it says it.</summary>
public sealed class LostCommandTests
{
    [Fact(Timeout = 180_000)]
    public Task Deployments_that_are_lost_cost_no_record() => LoseAsync<DeploySubtasks>(
        new(LossStep.Start, 1), new(LossStep.Restart, 2));

    [Fact(Timeout = 180_000)]
    public Task Barriers_that_are_lost_cost_no_record() => LoseAsync<TriggerCheckpoint>(
        new(LossStep.Checkpoint, 1), new(LossStep.Checkpoint, 2), new(LossStep.End, 1));

    [Fact(Timeout = 180_000)]
    public Task Completions_that_are_lost_cost_no_record() => LoseAsync<CheckpointCompleted>(
        new(LossStep.Checkpoint, 1), new(LossStep.Checkpoint, 3));

    [Fact(Timeout = 180_000)]
    public Task Words_that_a_checkpoint_was_given_up_that_are_lost_cost_no_record() =>
        LoseAsync<CheckpointAborted>(new Loss(LossStep.Decline, 1));

    [Fact(Timeout = 180_000)]
    public Task Cancels_that_are_lost_cost_no_record() =>
        LoseAsync<CancelSubtasks>(new Loss(LossStep.Restart, 2));

    [Fact(Timeout = 180_000)]
    public Task Ends_that_are_lost_cost_no_record() => LoseAsync<FinishSubtasks>(new Loss(LossStep.End, 2));

    [Fact(Timeout = 180_000)]
    public Task Releases_that_are_lost_leave_nothing_behind() =>
        LoseAsync<ReleaseSlot>(new Loss(LossStep.End, 1));

    [Fact(Timeout = 180_000)]
    public Task Answers_to_leases_that_are_lost_cost_no_record() =>
        LoseAsync<LeaseRenewed>(new Loss(LossStep.Checkpoint, 3));

    private static Task LoseAsync<T>(params Loss[] losses) =>
        LostMessages.RunAsync(typeof(T), isCommand: true, losses);
}

/// <summary>What slots and TaskManagers say to the JobManager is lost on each link.</summary>
public sealed class LostReportTests
{
    [Fact(Timeout = 180_000)]
    public Task Changes_of_subtasks_that_are_lost_cost_no_record() => LoseAsync<SubtaskChanged>(
        new(LossStep.Start, 2), new(LossStep.Restart, 2), new(LossStep.End, 2));

    [Fact(Timeout = 180_000)]
    public Task Acknowledgements_that_are_lost_cost_no_record() => LoseAsync<SnapshotWritten>(
        new(LossStep.Checkpoint, 1), new(LossStep.Checkpoint, 3), new(LossStep.End, 1));

    [Fact(Timeout = 180_000)]
    public Task Declines_that_are_lost_cost_no_record() =>
        LoseAsync<SnapshotFailed>(new Loss(LossStep.Decline, 1));

    [Fact(Timeout = 180_000)]
    public Task Reports_that_are_lost_cost_no_record() => LoseAsync<SlotReport>(
        new(LossStep.Start, 3), new(LossStep.Checkpoint, 3), new(LossStep.Restart, 3));

    [Fact(Timeout = 180_000)]
    public Task Renewals_of_leases_that_are_lost_cost_no_record() =>
        LoseAsync<RenewLease>(new Loss(LossStep.Checkpoint, 3));

    private static Task LoseAsync<T>(params Loss[] losses) =>
        LostMessages.RunAsync(typeof(T), isCommand: false, losses);
}
