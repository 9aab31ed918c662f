using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Dataflow;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>What a slot has not shown is told to it again.</summary>
public sealed class LostMessageTests
{
    private static readonly SubtaskKey Source = new(0, 0);
    private static readonly SubtaskKey Sink = new(1, 0);

    [Fact]
    public void A_deployment_that_no_report_shows_is_told_again()
    {
        var world = new MachineWorld(new JobOptions()) { IsMute = true }.Begin();
        world.Grant();
        world.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Single(world.Seen<DeployAttempt>());
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, world.Seen<DeployAttempt>().Count());
        Show(world, Source, Sink);
        world.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(2, world.Seen<DeployAttempt>().Count());
    }

    [Fact]
    public void Only_the_subtasks_that_are_missing_are_deployed_again()
    {
        var world = new MachineWorld(new JobOptions()) { IsMute = true }.Begin();
        world.Grant();
        Show(world, Source);
        world.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal([Sink], world.Seen<DeployAttempt>().Last().Subtasks.AsEnumerable());
    }

    [Fact]
    public void A_slot_that_never_shows_its_subtasks_is_replaced()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints()) { IsMute = true }.Begin();
        world.Grant();
        world.Advance(TimeSpan.FromSeconds(31));
        AssertSlotIsReplaced(world);
    }

    [Fact]
    public void A_slot_of_which_nothing_is_heard_any_more_is_replaced()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(JobState.Running, world.State);
        world.IsMute = true;
        world.Advance(TimeSpan.FromSeconds(31));
        AssertSlotIsReplaced(world);
    }

    [Fact]
    public void A_slot_that_shows_another_attempt_of_its_subtasks_is_replaced()
    {
        var world = new MachineWorld().Run();
        world.IsMute = true;
        for (int second = 0; second < 31; second++)
        {
            world.Machine.OnSlotReport(world.Machine.Slots[0]?.Id ?? "", [(Source, 1), (Sink, 0)], 0);
            world.Advance(TimeSpan.FromSeconds(1));
        }
        AssertSlotIsReplaced(world);
    }

    [Fact]
    public void A_slot_that_is_granted_again_before_its_end_was_heard_of_holds_what_comes_next_only()
    {
        var world = new MachineWorld(graph: TestGraphs.Pipelines(3)).Run();
        Slot old = world.Machine.Slots[0]!;
        world.LoseSlot(1);
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, world.Wanted);
        world.Do(world.Machine.OnSlotsGranted([old with { Exchange = "started again" }], world.Now));
        Assert.Equal(["started again", ""], world.Machine.Slots.Held.Select(s => s.Exchange));
        Assert.True(world.Machine.IsWaitingForSlots);
        Assert.False(world.Machine.Graph.RegionOf(Source).IsDeployed);
    }

    [Fact]
    public void A_cancel_is_told_again_to_those_that_have_not_stopped()
    {
        var world = new MachineWorld().Run();
        world.Report(Source, SubtaskState.Failed);
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.InRange(world.Seen<CancelAttempt>().Count(), 2, 5);
        Assert.Equal([Sink], world.Seen<CancelAttempt>().Last().Subtasks.AsEnumerable());
    }

    [Fact]
    public void A_barrier_is_told_again_to_slots_that_have_not_acknowledged_at_growing_pauses()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Acknowledge(1, Source);
        world.Acknowledge(1, Sink);
        world.Advance(TimeSpan.FromSeconds(40));
        List<TriggerBarrier> again = [.. world.Seen<TriggerBarrier>().Where(t => !t.Slots.IsDefault)];
        Assert.InRange(again.Count, 3, 5);
        Assert.All(again, t => Assert.Equal([1], t.Slots.AsEnumerable()));
    }

    [Fact]
    public void A_barrier_is_not_told_again_before_it_was_told()
    {
        var world = new MachineWorld { MakesFolders = false }.Run();
        world.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(world.Seen<TriggerBarrier>());
        world.Machine.OnBarrierTold(new CheckpointId(1), world.Now);
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, world.Seen<TriggerBarrier>().Count());
    }

    [Fact]
    public void The_end_of_a_checkpoint_that_will_not_complete_is_told_for_longer_than_a_lease()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(tolerable: 1)).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Decline(1, Source);
        world.Advance(TimeSpan.FromSeconds(9));
        Assert.InRange(world.Seen<NotifyAborted>().Count(a => a.Checkpoint.Value == 1), 4, 5);
        world.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(world.Seen<NotifyAborted>().Count(a => a.Checkpoint.Value == 1), 4, 5);
    }

    [Fact]
    public void A_completion_is_told_again_to_a_slot_whose_report_is_behind()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.IsMute = true;
        world.Complete(1);
        Show(world, completed: 0, Source, Sink);
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([0], world.Seen<NotifyCompleted>().Last().Slots.AsEnumerable());
        int told = world.Seen<NotifyCompleted>().Count();
        Show(world, completed: 1, Source, Sink);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(told, world.Seen<NotifyCompleted>().Count());
    }

    [Fact]
    public void The_end_is_told_again_with_the_checkpoint_that_it_completes()
    {
        var world = new MachineWorld().Run();
        world.ReportAll(SubtaskState.DataEnded);
        world.Complete(1);
        world.Report(Source, SubtaskState.Finished);
        world.Advance(TimeSpan.FromSeconds(3));
        FinishAll again = world.Seen<FinishAll>().Last();
        Assert.Equal([0], again.Slots.AsEnumerable());
        Assert.Equal(1, again.Completed!.Value.Value);
    }

    private static void AssertSlotIsReplaced(MachineWorld world)
    {
        Assert.Equal(JobState.Restarting, world.State);
        Assert.Contains(
            "has not shown its subtasks for 30 s", world.Machine.Record.Exceptions.Single().Message,
            StringComparison.Ordinal);
        Assert.Null(world.Machine.Slots[0]);
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, world.Wanted);
    }

    private static void Show(MachineWorld world, params SubtaskKey[] known) => Show(world, 0, known);

    private static void Show(MachineWorld world, long completed, params SubtaskKey[] known) =>
        world.Machine.OnSlotReport(
            world.Machine.Slots[0]!.Id, known.Select(k => (k, world.AttemptOf(k))), completed);
}
