using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>A client asks again, since the JobManager that it asked first has died.</summary>
public sealed class RepeatedRequestTests
{
    private const string Key = "the request";

    [Fact]
    public void A_savepoint_that_was_complete_before_the_death_is_the_answer()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, key: Key);
        world.Complete(1);
        world.Recover().Run();
        world.Savepoint(2, key: Key);
        Assert.Equal(
            [(1, "/savepoints/savepoint-012345-1"), (2, "/savepoints/savepoint-012345-1")],
            world.Answers.Select(a => (a.Request, a.Path!)));
        Assert.Equal(1, world.Triggers.Count(t => t.Barrier.IsSavepoint));
    }

    [Fact]
    public void Another_request_is_another_savepoint()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, key: Key);
        world.Complete(1);
        world.Savepoint(2, key: "another");
        world.Savepoint(3);
        world.Complete(2);
        world.Complete(3);
        Assert.Equal(3, world.Answers.Select(a => a.Path).Distinct().Count());
    }

    [Fact]
    public void A_savepoint_that_was_not_complete_is_taken_anew()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, key: Key);
        world.Recover().Run();
        world.Savepoint(2, key: Key);
        world.Complete(world.Triggers.Last().Barrier.Checkpoint.Value);
        Assert.NotNull(Assert.Single(world.Answers).Path);
        Assert.Contains(
            world.Seen<DeleteFolders>(), d => d.Folders.Contains("/savepoints/savepoint-012345-1"));
    }

    [Fact]
    public void A_stop_whose_savepoint_was_complete_is_answered_at_the_end()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, AfterSavepoint.Stop, Key);
        world.Complete(1);
        world.Recover().Run();
        world.Savepoint(2, AfterSavepoint.Stop, Key);
        Assert.Empty(world.Answers);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
        world.Savepoint(3, AfterSavepoint.Stop, Key);
        Assert.Equal(
            [(2, "/savepoints/savepoint-012345-1"), (3, "/savepoints/savepoint-012345-1")],
            world.Answers.Select(a => (a.Request, a.Path!)));
    }

    [Fact]
    public void A_cancel_whose_savepoint_was_complete_cancels()
    {
        var world = new MachineWorld().Run();
        world.Savepoint(1, AfterSavepoint.Cancel, Key);
        world.Complete(1);
        // The journal had no time for what followed.
        world.Journal.RemoveAll(e => e is CancelRequested);
        world.Recover().Run();
        world.Savepoint(2, AfterSavepoint.Cancel, Key);
        Assert.Equal("/savepoints/savepoint-012345-1", world.Answers.Last().Path);
        Assert.Equal(JobState.Cancelling, world.State);
    }

    [Fact]
    public void A_rescaling_that_was_stored_is_the_answer()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Rescale(1, 3, Key);
        world.Complete(1);
        world.Recover().Run();
        int attempt = world.Machine.Record.Attempt;
        world.Rescale(2, 3, Key);
        AnswerRescale again = world.Rescaled.Last();
        Assert.Equal((2, 3, "/checkpoints/job/chk-1"), (again.Request, again.Parallelism, again.Path));
        Assert.Equal((JobState.Running, attempt), (world.State, world.Machine.Record.Attempt));
    }

    [Fact]
    public void What_is_complete_outlives_a_snapshot_of_the_record()
    {
        var world = new MachineWorld(parallelism: 2).Run();
        world.Savepoint(1, key: Key);
        world.Complete(1);
        world.Rescale(2, 3, "rescaling");
        world.Complete(2);
        var record = new JobRecord();
        record.Apply(world.Machine.Record.ToSnapshot());
        Assert.Equal("/savepoints/savepoint-012345-1", record.SavepointOf(Key)!.Folder);
        Assert.Equal(("rescaling", 0), (record.Rescaled!.Request, record.Rescaled.Graph.Length));
    }
}
