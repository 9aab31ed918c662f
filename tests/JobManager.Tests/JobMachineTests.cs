using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class JobMachineTests
{
    private static readonly SubtaskKey Source = new(0, 0);
    private static readonly SubtaskKey Sink = new(1, 0);

    [Fact]
    public void A_job_runs_when_all_its_subtasks_do()
    {
        var world = new MachineWorld().Begin();
        Assert.Equal(JobState.Created, world.State);
        world.Grant();
        world.Report(Source, SubtaskState.Running);
        Assert.Equal(JobState.Created, world.State);
        world.Report(Sink, SubtaskState.Running);
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void A_job_without_checkpoints_finishes_when_its_data_has_ended()
    {
        var world = new MachineWorld(new JobOptions()).Run();
        world.ReportAll(SubtaskState.DataEnded);
        Assert.Single(world.Seen<FinishAll>());
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
        Assert.Empty(world.Triggers);
    }

    [Fact]
    public void A_bounded_job_finishes_only_after_a_last_checkpoint()
    {
        var world = new MachineWorld().Run();
        world.Report(Source, SubtaskState.DataEnded);
        Assert.Empty(world.Triggers);
        world.Report(Sink, SubtaskState.DataEnded);
        Assert.Single(world.Triggers);
        Assert.Empty(world.Seen<FinishAll>());
        world.Complete(1);
        Assert.Single(world.Seen<FinishAll>());
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
    }

    [Fact]
    public void A_job_whose_sink_commits_at_checkpoints_takes_a_last_one_also_where_it_takes_no_others()
    {
        var world = new MachineWorld(new JobOptions(), graph: TestGraphs.Committing()).Run();
        world.Advance(TimeSpan.FromHours(1));
        Assert.Empty(world.Triggers);
        world.ReportAll(SubtaskState.DataEnded);
        Assert.Single(world.Triggers);
        Assert.Empty(world.Seen<FinishAll>());
        world.Complete(1);
        Assert.Equal(1, Assert.Single(world.Seen<FinishAll>()).Completed?.Value);
        world.Report(Sink, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_checkpoint_waits_for_one_under_way()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.ReportAll(SubtaskState.DataEnded);
        Assert.Single(world.Triggers);
        world.Complete(1);
        Assert.Equal(2, world.Triggers.Count());
        Assert.Empty(world.Seen<FinishAll>());
        world.Complete(2);
        Assert.Single(world.Seen<FinishAll>());
    }

    [Fact]
    public void The_last_checkpoint_comes_also_where_each_takes_longer_than_the_interval()
    {
        JobOptions options = MachineWorld.WithCheckpoints();
        var world = new MachineWorld(
            options with { Checkpoint = options.Checkpoint with { MinPause = TimeSpan.Zero } }).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.ReportAll(SubtaskState.DataEnded);
        world.Advance(TimeSpan.FromSeconds(15));
        world.Complete(1);
        world.Advance(TimeSpan.FromSeconds(15));
        world.Complete(2);
        Assert.Single(world.Seen<FinishAll>());
    }

    [Fact]
    public void A_failure_after_the_last_checkpoint_restarts_from_it()
    {
        var world = new MachineWorld().Run();
        world.ReportAll(SubtaskState.DataEnded);
        world.Complete(1);
        world.Report(Sink, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.Run();
        world.ReportAll(SubtaskState.DataEnded);
        world.Complete(2);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
    }

    [Fact]
    public void An_error_of_the_data_fails_the_job_without_a_restart()
    {
        var world = new MachineWorld().Run();
        world.Report(Source, SubtaskState.Failed, ErrorKind.Invalid, "line 3 is no JSON");
        Assert.Equal(JobState.Failing, world.State);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Failed, world.State);
        Assert.Equal("Source (1/1): line 3 is no JSON", world.Machine.Record.Ended!.Reason);
        Assert.Empty(world.Timers);
    }

    [Fact]
    public void Fixed_delay_restarts_so_many_times_and_then_names_the_cause()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(restarts: 2)).Run();
        for (int failure = 1; failure <= 2; failure++)
        {
            world.Report(Source, SubtaskState.Failed, ErrorKind.Unavailable, "the disk is gone");
            Assert.Equal(JobState.Restarting, world.State);
            world.ReportAll(SubtaskState.Canceled);
            world.Advance(TimeSpan.FromSeconds(4.9));
            Assert.Equal(failure, world.Attempt);
            world.Advance(TimeSpan.FromSeconds(0.1));
            world.Run();
            Assert.Equal((failure + 1, JobState.Running), (world.Attempt, world.State));
        }
        world.Report(Source, SubtaskState.Failed, ErrorKind.Unavailable, "the disk is gone");
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Failed, world.State);
        Assert.Equal(
            "Source (1/1): the disk is gone (no restart: the job has used up its 2 restarts)",
            world.Machine.Record.Ended!.Reason);
        Assert.Equal(2, world.Machine.Record.Restarts);
        Assert.Equal(3, world.Machine.Record.Exceptions.Count);
    }

    [Fact]
    public void Subtasks_that_do_not_stop_are_given_up_after_a_while()
    {
        var world = new MachineWorld().Run();
        world.Report(Source, SubtaskState.Failed);
        world.Alive.Clear();
        world.Advance(TimeSpan.FromSeconds(30));
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, world.Attempt);
    }

    [Fact]
    public void A_report_of_an_older_attempt_changes_nothing()
    {
        var world = new MachineWorld().Run();
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        world.Report(Sink, SubtaskState.Failed, attempt: 1);
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void A_lost_slot_fails_the_attempt_and_the_next_one_asks_for_slots_anew()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.LoseSlot(1);
        Assert.Equal(JobState.Restarting, world.State);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.True(world.Machine.IsWaitingForSlots);
        world.Run();
        Assert.Equal((2, JobState.Running), (world.Attempt, world.State));
        Assert.Contains(
            "Slot a:1/1 is gone", world.Machine.Record.Exceptions.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_the_one_before_is_used()
    {
        MachineWorld world = TwoCheckpointsThenFailure();
        Assert.EndsWith("chk-2", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.AnswerRead(
            world.Reads[0], new MillraceException(ErrorKind.Corrupt, "chk-2/_metadata is damaged"));
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.Run();
        Assert.Equal((2, JobState.Running), (world.Attempt, world.State));
        Assert.Equal("chk-2/_metadata is damaged", world.Machine.Record.Exceptions[^1].Message);
    }

    [Fact]
    public void A_subtask_that_finds_its_checkpoint_damaged_makes_the_job_use_the_one_before()
    {
        MachineWorld world = TwoCheckpointsThenFailure();
        world.AnswerRead(world.Reads[0]);
        world.Report(Source, SubtaskState.Failed, ErrorKind.Corrupt, "block 3 of source-1 is damaged");
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.Zero);
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Equal(1, world.Machine.Record.Restarts);
    }

    [Fact]
    public void A_job_never_starts_empty_when_all_its_checkpoints_are_damaged()
    {
        MachineWorld world = TwoCheckpointsThenFailure();
        while (world.Reads.Count > 0)
            world.AnswerRead(world.Reads[0], new MillraceException(ErrorKind.Corrupt, "damaged"));
        Assert.Equal(JobState.Failed, world.State);
        Assert.Equal(
            "No complete checkpoint is left that is not damaged.", world.Machine.Record.Ended!.Reason);
    }

    [Fact]
    public void Only_so_many_checkpoints_are_retained()
    {
        var world = new MachineWorld().Run();
        for (long checkpoint = 1; checkpoint <= 4; checkpoint++)
        {
            world.Advance(TimeSpan.FromSeconds(10));
            world.Complete(checkpoint);
        }
        Assert.Equal([3L, 4L], world.Machine.Record.Retained.Select(c => c.CheckpointId));
        Assert.Equal(
            ["/checkpoints/job/chk-1", "/checkpoints/job/chk-2"],
            world.Seen<DeleteFolders>().SelectMany(d => d.Folders));
    }

    [Theory]
    [InlineData(CheckpointCleanup.RetainOnCancellation, false)]
    [InlineData(CheckpointCleanup.DeleteOnCancellation, true)]
    [InlineData(CheckpointCleanup.DeleteAlways, true)]
    public void A_canceled_job_leaves_its_checkpoints_as_it_was_told(CheckpointCleanup cleanup, bool removes)
    {
        JobOptions options = MachineWorld.WithCheckpoints();
        var world = new MachineWorld(
            options with { Checkpoint = options.Checkpoint with { Cleanup = cleanup } }).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Cancel();
        Assert.Equal(JobState.Cancelling, world.State);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Canceled, world.State);
        Assert.Equal(removes, world.Seen<DeleteFolders>().Any(d => d.Folders.Contains("/checkpoints/job")));
    }

    [Fact]
    public void A_job_that_waits_can_be_canceled()
    {
        var world = new MachineWorld().Begin();
        world.Cancel();
        Assert.Equal(JobState.Canceled, world.State);
        Assert.Single(world.Seen<ReleaseSlots>());
    }

    [Fact]
    public void A_failure_while_canceling_does_not_restart()
    {
        var world = new MachineWorld().Run();
        world.Cancel();
        world.Report(Source, SubtaskState.Failed, ErrorKind.Invalid);
        world.Report(Sink, SubtaskState.Canceled);
        Assert.Equal(JobState.Canceled, world.State);
    }

    [Fact]
    public void An_attempt_is_told_the_last_complete_savepoint_though_it_restores_a_checkpoint_before_it()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints()).Run();
        Assert.Equal(0, world.Seen<DeployAttempt>().Last().LastCheckpoint);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Savepoint(7);
        world.Complete(2);
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        DeployAttempt deployed = world.Seen<DeployAttempt>().Last();
        Assert.Equal((1, 2), (deployed.Restore!.Checkpoint.Value, deployed.LastCheckpoint));
    }

    [Fact]
    public void A_stop_with_savepoint_finishes_the_job_when_the_savepoint_is_complete()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        TriggerBarrier trigger = Assert.Single(world.Triggers);
        Assert.True(trigger.Barrier is { IsSavepoint: true, StopsSources: true });
        Assert.Equal("/savepoints/savepoint-012345-1", trigger.Barrier.Folder);
        Assert.Empty(world.Seen<FinishAll>());
        world.Complete(1);
        Assert.Single(world.Seen<NotifyCompleted>());
        Assert.Single(world.Seen<FinishAll>());
        Assert.Empty(world.Answers);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
        Assert.Equal("/savepoints/savepoint-012345-1", Assert.Single(world.Answers).Path);
    }

    [Fact]
    public void A_failure_after_the_savepoint_that_stops_the_job_does_not_run_it_again()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        world.Complete(1);
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("/savepoints/savepoint-012345-1", Assert.Single(world.Reads).Folder);
        world.Run();
        Assert.True(world.Seen<DeployAttempt>().Last().ReadsNothing);
        Assert.Equal(1, world.Seen<FinishAll>().Last().Completed!.Value.Value);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
        Assert.NotNull(Assert.Single(world.Answers).Path);
    }

    [Fact]
    public void A_stopped_job_that_may_not_restart_fails_where_its_sinks_have_not_committed()
    {
        var options = new JobOptions { Restart = new RestartOptions { Strategy = RestartStrategyKind.None } };
        var world = new MachineWorld(options, graph: TestGraphs.Committing()).Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        world.Complete(1);
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Equal(JobState.Failed, world.State);
        Assert.Contains(
            "The savepoint /savepoints/savepoint-012345-1 is complete, but its output is not committed",
            world.Machine.Record.Ended!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_savepoint_of_a_stop_that_cannot_be_read_is_not_read_again()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        world.Complete(1);
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        ReadRestore read = Assert.Single(world.Reads);
        world.AnswerRead(read, new MillraceException(ErrorKind.Corrupt, "it is damaged"));
        Assert.DoesNotContain(world.Reads, r => r != read);
        Assert.Equal(JobState.Finished, world.State);
    }

    [Fact]
    public void A_stop_whose_savepoint_fails_restarts_the_job()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        world.Decline(1, Source);
        Assert.Equal(JobState.Restarting, world.State);
        Assert.Null(Assert.Single(world.Answers).Path);
    }

    [Fact]
    public void A_savepoint_on_the_way_is_no_checkpoint_to_restore_from_and_commits_nothing()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7);
        world.Complete(1);
        Assert.NotNull(Assert.Single(world.Answers).Path);
        Assert.Empty(world.Seen<NotifyCompleted>());
        Assert.Empty(world.Machine.Record.Retained);
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void A_job_on_another_JobManager_goes_on_from_its_last_checkpoint_with_higher_numbers()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Recover();
        world.Grant();
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.Run();
        Assert.Equal((2, JobState.Running, 0), (world.Attempt, world.State, world.Machine.Record.Restarts));
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.True(world.Pending.Single().Value > 2);
    }

    [Fact]
    public void A_cancel_survives_the_JobManager()
    {
        var world = new MachineWorld().Run();
        world.Cancel();
        world.Recover();
        Assert.Equal(JobState.Canceled, world.State);
    }

    [Fact]
    public void A_stopped_job_is_finished_by_the_next_JobManager()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(7, AfterSavepoint.Stop);
        world.Complete(1);
        world.Recover().Run();
        Assert.True(world.Seen<DeployAttempt>().Last().ReadsNothing);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
        Assert.Single(world.Journal.OfType<JobEnded>());
    }

    [Fact]
    public void A_savepoint_that_cannot_be_read_fails_the_job()
    {
        var world = new MachineWorld(restorePath: "/savepoints/one").Begin();
        world.Grant();
        world.AnswerRead(Assert.Single(
            world.Reads), new MillraceException(ErrorKind.Corrupt, "/savepoints/one is damaged"));
        Assert.Equal(JobState.Failed, world.State);
        Assert.Equal("/savepoints/one is damaged", world.Machine.Record.Ended!.Reason);
    }

    [Fact]
    public void A_job_of_a_savepoint_restarts_from_it_until_it_has_a_checkpoint()
    {
        var world = new MachineWorld(restorePath: "/savepoints/one").Run();
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("/savepoints/one", Assert.Single(world.Reads).Folder);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
    }

    private static MachineWorld TwoCheckpointsThenFailure()
    {
        var world = new MachineWorld().Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(2);
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        return world;
    }
}
