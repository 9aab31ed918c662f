using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class RescaleTests
{
    [Fact]
    public void A_running_job_goes_on_from_a_checkpoint_taken_for_it()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 3);
        TriggerBarrier trigger = Assert.Single(world.Triggers);
        Assert.True(trigger.Barrier is { IsSavepoint: true, Folder: "/checkpoints/job/chk-1" });
        Assert.Empty(world.Rescaled);
        world.Complete(1);
        AnswerRescale answer = Assert.Single(world.Rescaled);
        Assert.Equal((3, "/checkpoints/job/chk-1"), (answer.Parallelism, answer.Path));
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(3, world.Wanted);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.EndsWith("chk-1", world.Seen<ReadRestore>().Last().Folder, StringComparison.Ordinal);
        DeployAttempt deploy = world.Seen<DeployAttempt>().Last();
        Assert.Equal((2, 6, 0), (deploy.Attempt, deploy.Subtasks.Length, deploy.Region.Length));
        Assert.Equal(0, world.Machine.Record.Restarts);
    }

    [Fact]
    public void Regions_restart_together_until_a_checkpoint_of_the_new_parallelism_is_complete()
    {
        MachineWorld world = Rescaled(from: 4, to: 2);
        world.Report(new SubtaskKey(0, 1), SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        DeployAttempt deploy = world.Seen<DeployAttempt>().Last();
        Assert.Equal((3, 4, 0), (deploy.Attempt, deploy.Subtasks.Length, deploy.Region.Length));
        Assert.Equal(1, world.Machine.Record.Restarts);

        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(2);
        world.Report(new SubtaskKey(0, 1), SubtaskState.Failed);
        world.Report(new SubtaskKey(1, 1), SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        deploy = world.Seen<DeployAttempt>().Last();
        Assert.Equal((4, 2, 2), (deploy.Attempt, deploy.Subtasks.Length, deploy.Region.Length));
    }

    [Fact]
    public void A_rescaled_job_starts_when_there_are_slots_for_all_of_it_under_another_JobManager_too()
    {
        MachineWorld world = Rescaled(from: 2, to: 3);
        world.LoseSlot(2);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((true, 3), (world.Machine.IsWaitingForSlots, world.Wanted));
        world.Recover().Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Empty(world.Seen<DeployAttempt>().Last().Region);
    }

    [Fact]
    public void Of_two_the_later_one_holds_while_subtasks_stop_for_the_earlier()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 3);
        world.Complete(1);
        world.Rescale(2, 1);
        Assert.Equal([(1, 3), (2, 1)], world.Rescaled.Select(r => (r.Request, r.Parallelism)));
        Assert.EndsWith("chk-1", world.Rescaled[1].Path, StringComparison.Ordinal);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(1, world.Wanted);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Equal(2, world.Seen<DeployAttempt>().Last().Subtasks.Length);
    }

    [Fact]
    public void A_job_that_is_being_canceled_is_not_rescaled()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 3);
        world.Complete(1);
        world.Cancel();
        world.Rescale(2, 1);
        Assert.Equal("The job is about to end.", Assert.Single(world.Answers).Message);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Canceled, world.State);
    }

    [Fact]
    public void Once_answered_it_holds_whatever_dies()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 1);
        world.Complete(1);
        world.Recover().Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Equal(2, world.Seen<DeployAttempt>().Last().Subtasks.Length);
    }

    [Fact]
    public void A_JobManager_that_dies_before_the_answer_leaves_the_job_as_it_was()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 1);
        world.Recover().Run();
        Assert.Equal(4, world.Seen<DeployAttempt>().Last().Subtasks.Length);
    }

    [Fact]
    public void A_job_that_waits_for_slots_that_never_come_can_be_made_smaller()
    {
        var world = new MachineWorld(parallelism: 3).Begin();
        Assert.Equal(3, world.Wanted);
        world.Rescale(1, 1);
        Assert.Equal("", world.Rescaled.Single().Path);
        Assert.Equal(1, world.Wanted);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void A_failure_while_the_checkpoint_is_taken_changes_nothing_and_says_so()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 1);
        world.Report(new SubtaskKey(0, 0), SubtaskState.Failed);
        Assert.Null(Assert.Single(world.Answers).Path);
        Assert.Empty(world.Journal.OfType<GraphReplaced>());
    }

    [Fact]
    public void A_cancel_with_savepoint_cancels_when_the_savepoint_is_durable()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, AfterSavepoint.Cancel);
        Assert.Equal(JobState.Running, world.State);
        world.Complete(1);
        Assert.Equal("/savepoints/savepoint-012345-1", Assert.Single(world.Answers).Path);
        Assert.Equal(JobState.Cancelling, world.State);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Canceled, world.State);
    }

    [Fact]
    public void A_cancel_whose_savepoint_fails_leaves_the_job_running()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, AfterSavepoint.Cancel);
        world.Decline(1, new SubtaskKey(0, 0));
        Assert.Null(Assert.Single(world.Answers).Path);
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void No_slots_in_time_is_a_failure_that_says_what_the_job_lacked()
    {
        JobOptions options = MachineWorld.WithCheckpoints(restarts: 1) with
        {
            SlotTimeout = TimeSpan.FromSeconds(20),
        };
        var world = new MachineWorld(options).Begin();
        world.Machine.Wait = "needs 1 slot; the cluster has 0 slots on 0 TaskManagers, 0 free";
        world.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(JobState.Restarting, world.State);
        Assert.Equal(
            "No slots came within 20 s (runtime.slot_timeout): the job needs 1 slot; the cluster has 0 slots "
            + "on 0 TaskManagers, 0 free.",
            world.Machine.Record.Exceptions.Single().Message);
        world.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(JobState.Failed, world.State);
        Assert.EndsWith(
            "(no restart: the job has used up its 1 restarts)", world.Machine.Record.Ended!.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_event_names_is_swept_once_something_is_stored_and_nothing_of_later_numbers()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Savepoint(1);
        world.Recover();
        int before = world.Effects.Count;
        world.Run();
        List<JobEffect> after = [.. world.Effects.Skip(before)];
        int stored = after.FindIndex(e => e is Store { Event: AttemptStarted });
        int swept = after.FindIndex(e => e is SweepFolder);
        Assert.InRange(stored, 0, swept - 1);
        var sweep = (SweepFolder)after[swept];
        Assert.Equal(["/checkpoints/job/chk-1"], sweep.Kept.AsEnumerable());
        Assert.Equal(100, sweep.UpTo);
        Assert.Equal(
            ["/savepoints/savepoint-012345-2"], after.OfType<DeleteFolders>().SelectMany(d => d.Folders));
    }

    /// <summary>Pipelines that run at the new parallelism, without a checkpoint of it.</summary>
    private static MachineWorld Rescaled(int from, int to)
    {
        var world = new MachineWorld(graph: TestGraphs.Pipelines(from)).Run();
        world.Rescale(1, TestGraphs.Pipelines(to), to);
        world.Complete(1);
        world.ReportAll(SubtaskState.Canceled);
        return world.Run();
    }
}
