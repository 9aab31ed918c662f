using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class CheckpointCoordinatorTests
{
    private static readonly SubtaskKey Source = new(0, 0);
    private static readonly SubtaskKey Sink = new(1, 0);

    [Fact]
    public void Checkpoints_come_by_the_interval()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Empty(world.Triggers);
        world.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Single(world.Triggers);
        world.Complete(1);
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([1L, 2L], world.Triggers.Select(t => t.Barrier.Checkpoint.Value));
    }

    [Fact]
    public void The_barriers_of_checkpoints_may_overtake_records_after_the_time_out_those_of_savepoints_never()
    {
        JobOptions options = MachineWorld.WithCheckpoints();
        var world = new MachineWorld(options with
        {
            Checkpoint = options.Checkpoint with { AlignedTimeout = TimeSpan.FromSeconds(3) },
        }).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Savepoint(1);
        Assert.Equal(
            [TimeSpan.FromSeconds(3), (TimeSpan?)null],
            world.Seen<TriggerBarrier>().Select(t => t.Barrier.AlignmentLimit));
    }

    [Fact]
    public void The_next_one_waits_for_the_pause_after_a_slow_one()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Advance(TimeSpan.FromSeconds(15));
        Assert.Single(world.Triggers);
        world.Complete(1);
        world.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Single(world.Triggers);
        world.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, world.Triggers.Count());
    }

    [Fact]
    public void So_many_are_under_way_at_a_time_and_a_later_one_overtakes()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(concurrent: 2)).Run();
        world.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(2, world.Pending.Count);
        world.Complete(2);
        Assert.Equal(1, world.Seen<NotifyAborted>().Single().Checkpoint.Value);
        Assert.Empty(world.Machine.Record.Exceptions);
        Assert.Equal(JobState.Running, world.State);
    }

    [Fact]
    public void An_acknowledgement_after_the_timeout_completes_nothing()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(tolerable: 5)).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Acknowledge(1, Source);
        world.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, Assert.Single(world.Seen<NotifyAborted>()).Checkpoint.Value);
        world.Acknowledge(1, Sink);
        Assert.Empty(world.Writes);
        Assert.Equal("it was not complete after 60 s", world.Machine.Checkpoints.Latest.Single().Failure);
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(2);
        Assert.Equal([2L], world.Machine.Record.Retained.Select(c => c.CheckpointId));
    }

    [Fact]
    public void An_acknowledgement_given_twice_counts_once()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Acknowledge(1, Source);
        world.Acknowledge(1, Source);
        Assert.Empty(world.Writes);
        world.Acknowledge(1, Sink);
        Assert.Single(world.Writes);
        world.Acknowledge(1, Sink);
        Assert.Single(world.Writes);
    }

    [Fact]
    public void An_acknowledgement_of_an_older_attempt_counts_nothing()
    {
        MachineWorld world = Running();
        world.Report(Source, SubtaskState.Failed);
        world.ReportAll(SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Acknowledge(1, Source, attempt: 1);
        world.Acknowledge(1, Sink, attempt: 1);
        Assert.Empty(world.Writes);
    }

    [Fact]
    public void Metadata_written_after_the_timeout_completes_nothing_and_is_removed()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(tolerable: 5)).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.AcknowledgeAll(1);
        WriteMetadata write = Assert.Single(world.Writes);
        world.Advance(TimeSpan.FromSeconds(60));
        world.AnswerWrite(write);
        Assert.Empty(world.Machine.Record.Retained);
        Assert.Contains(world.Seen<DeleteFolders>(), d => d.Folders.Contains("/checkpoints/job/chk-1"));
    }

    [Fact]
    public void So_many_failures_in_a_row_are_tolerated()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(tolerable: 2)).Run();
        for (long checkpoint = 1; checkpoint <= 2; checkpoint++)
        {
            world.Advance(TimeSpan.FromSeconds(12));
            world.Decline(checkpoint, Source);
            Assert.Equal(JobState.Running, world.State);
        }
        world.Advance(TimeSpan.FromSeconds(12));
        world.Complete(3);
        for (long checkpoint = 4; checkpoint <= 6; checkpoint++)
        {
            world.Advance(TimeSpan.FromSeconds(12));
            world.Decline(checkpoint, Source);
        }
        Assert.Equal(JobState.Restarting, world.State);
        Assert.Equal(
            "Checkpoint 6 has failed (2 failures in a row are tolerated): disk is full.",
            world.Machine.Record.Exceptions.Single().Message);
    }

    [Fact]
    public void Metadata_that_cannot_be_written_is_a_failure()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(10));
        world.AcknowledgeAll(1);
        world.AnswerWrite(Assert.Single(world.Writes), "No space left on device");
        Assert.Equal(JobState.Restarting, world.State);
        Assert.Empty(world.Machine.Record.Retained);
    }

    [Fact]
    public void What_ends_with_its_attempt_is_not_counted()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Report(Source, SubtaskState.Failed);
        Assert.Single(world.Machine.Record.Exceptions);
        world.ReportAll(SubtaskState.Canceled);
        Assert.Contains(world.Seen<DeleteFolders>(), d => d.Folders.Contains("/checkpoints/job/chk-1"));
    }

    [Fact]
    public void A_savepoint_is_taken_without_periodic_checkpoints()
    {
        var world = new MachineWorld(new Configuration.JobOptions()).Run();
        world.Savepoint(1);
        world.Complete(1);
        Assert.Equal("/savepoints/savepoint-012345-1", Assert.Single(world.Answers).Path);
    }

    [Fact]
    public void A_savepoint_waits_for_a_checkpoint_and_goes_before_the_next()
    {
        MachineWorld world = Running();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Savepoint(1);
        Assert.Single(world.Pending);
        world.Advance(TimeSpan.FromSeconds(20));
        world.Complete(1);
        Assert.True(world.Triggers.Last().Barrier.IsSavepoint);
    }

    [Theory]
    [InlineData(nameof(AfterSavepoint.Rescale))]
    [InlineData(nameof(AfterSavepoint.Cancel))]
    [InlineData(nameof(AfterSavepoint.Stop))]
    public void Nothing_is_triggered_behind_a_savepoint_that_the_job_does_not_go_on_after(string purpose)
    {
        AfterSavepoint then = Enum.Parse<AfterSavepoint>(purpose);
        // What a later one commits would be written again by who goes on from the savepoint.
        var world = new MachineWorld(MachineWorld.WithCheckpoints(concurrent: 3)).Run();
        if (then == AfterSavepoint.Rescale) world.Rescale(1, 2);
        else world.Savepoint(1, then);
        world.Savepoint(2);
        world.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal([1L], world.Triggers.Select(t => t.Barrier.Checkpoint.Value));
    }

    [Fact]
    public void A_savepoint_that_was_to_be_the_last_and_fails_holds_up_nothing_more()
    {
        var world = new MachineWorld(MachineWorld.WithCheckpoints(concurrent: 2)).Run();
        world.Savepoint(1, AfterSavepoint.Cancel);
        world.Savepoint(2);
        world.Decline(1, Source, "disk is full.");
        Assert.Equal("The savepoint has failed: disk is full.", Assert.Single(world.Answers).Message);
        world.Complete(2);
        Assert.Equal("/savepoints/savepoint-012345-2", world.Answers[1].Path);
    }

    [Fact]
    public void Savepoints_are_refused_while_the_job_does_not_run_or_stops()
    {
        var world = new MachineWorld().Begin();
        world.Savepoint(1);
        world.Run();
        world.Savepoint(2, AfterSavepoint.Stop);
        world.Savepoint(3);
        Assert.Equal([1, 3], world.Answers.Select(a => a.Request));
        Assert.All(world.Answers, a => Assert.Null(a.Path));
    }

    [Fact]
    public void A_savepoint_may_not_lie_in_the_folder_that_goes_with_the_job()
    {
        MachineWorld world = Running();
        world.Do(world.Machine.Savepoint(
            new SavepointRequest(1, "/checkpoints/job/mine", "012345"), world.Now));
        Assert.Contains(
            "give another folder", Assert.Single(world.Answers).Message, StringComparison.Ordinal);
    }

    private static MachineWorld Running() => new MachineWorld().Run();
}
