using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Google.Protobuf;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;
using Millrace.TaskManager.Slots;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class SlotActorTests : TestKit
{
    private readonly FakeRuntime _runtime = new();
    private readonly TestProbe _jobMaster;
    private readonly IActorRef _slot;

    public SlotActorTests() : base(ActorTestConfig.Quiet)
    {
        _jobMaster = CreateTestProbe();
        ITaskExecutor executor = _runtime.NewExecutor();
        _slot = Sys.ActorOf(Props.Create(() => new SlotActor("a:1/0", executor)));
    }

    [Fact]
    public void Subtasks_are_deployed_and_their_changes_passed_on()
    {
        Deploy("job", 1);
        Assert.All(Changes(2), c => Assert.Equal(SubtaskStateCode.SubtaskRunning, c.State));
        _runtime.EndData("job");
        Assert.All(Changes(2), c => Assert.Equal(SubtaskStateCode.SubtaskDataEnded, c.State));
        _slot.Tell(new FinishSubtasks { JobId = "job", Attempt = 1 });
        Assert.All(Changes(2), c => Assert.Equal(SubtaskStateCode.SubtaskFinished, c.State));
    }

    [Fact]
    public void A_barrier_starts_at_the_sources_only()
    {
        Deploy("job", 1);
        Changes(2);
        _slot.Tell(new TriggerCheckpoint
        {
            JobId = "job", Attempt = 1, CheckpointId = 3, Folder = "/chk-3",
            StopsSources = true,
        });
        var written = _jobMaster.FishForMessage<SnapshotWritten>(_ => true);
        Assert.Equal((3L, 10L), (written.CheckpointId, written.Snapshot.SizeBytes));
        var (subtask, barrier) = Assert.Single(_runtime.Triggered);
        Assert.Equal((0, "/chk-3", true), (subtask.Vertex, barrier.Folder, barrier.StopsSources));
    }

    [Fact]
    public void Commands_of_an_older_attempt_are_ignored()
    {
        Deploy("job", 2);
        Changes(2);
        _slot.Tell(new CancelSubtasks { JobId = "job", Attempt = 1 });
        Deploy("job", 1);
        _slot.Tell(new CheckpointCompleted { JobId = "job", Attempt = 2, CheckpointId = 1 });
        AwaitAssert(() => Assert.Equal(2, _runtime.Completed.Count));
        Assert.Equal(2, _runtime.Alive.Count);
        Assert.Equal(2, _runtime.Deployed.Count);
    }

    [Fact]
    public void A_slot_that_fails_by_a_bug_ends_so_that_its_JobMaster_hears_of_it()
    {
        _runtime.OnDeploy = (_, _) => throw new InvalidOperationException("bug");
        Watch(_slot);
        Deploy("job", 1);
        ExpectTerminated(_slot);
    }

    [Fact]
    public void What_waits_for_older_subtasks_to_stop_is_not_shown()
    {
        _runtime.StopsWhenCanceled = false;
        Deploy("job", 1);
        Assert.Equal(2, NextReport(1).Subtasks.Count);
        Deploy("job", 2);
        Assert.Empty(NextReport(2).Subtasks);
        foreach (SubtaskId id in _runtime.Alive) _runtime.Fail(id, ErrorKind.Unavailable, "late");
        AwaitAssert(() => Assert.Equal(2, NextReport(2).Subtasks.Count));
    }

    [Fact]
    public void A_newer_attempt_waits_until_the_older_one_has_stopped()
    {
        _runtime.StopsWhenCanceled = false;
        Deploy("job", 1);
        Changes(2);
        Deploy("job", 2);
        foreach (SubtaskId id in _runtime.Alive.Take(1)) _runtime.Fail(id, ErrorKind.Unavailable, "late");
        _jobMaster.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Assert.DoesNotContain(_runtime.Deployed, d => d.Id.Attempt == 2);
        foreach (SubtaskId id in _runtime.Alive) _runtime.Fail(id, ErrorKind.Unavailable, "late");
        Assert.All(Changes(2), c => Assert.Equal((2, SubtaskStateCode.SubtaskRunning), (c.Attempt, c.State)));
    }

    [Fact]
    public void Subtasks_of_several_attempts_live_side_by_side()
    {
        Deploy("job", 1);
        Changes(2);
        DeployOnly("job", 2, vertex: 1);
        SubtaskChanged change = Changes(1).Single();
        Assert.Equal((2, SubtaskStateCode.SubtaskRunning), (change.Attempt, change.State));
        Assert.Equal([(0, 1), (1, 2)], _runtime.Alive.Select(i => (i.Vertex, i.Attempt)).Order());
        _slot.Tell(new CancelSubtasks { JobId = "job", Attempt = 1, Subtasks = { new SubtaskRef() } });
        AwaitAssert(() => Assert.Equal(2, _runtime.Alive.Single().Attempt));
    }

    [Fact]
    public void A_deployment_that_comes_twice_runs_once()
    {
        Deploy("job", 1);
        Changes(2);
        Deploy("job", 1);
        _jobMaster.FishForMessage<SlotReport>(r => r.IsComplete);
        Assert.Equal(2, _runtime.Deployed.Count);
    }

    [Fact]
    public void A_cancel_of_what_never_came_is_answered_and_its_deployment_is_old_then()
    {
        Deploy("job", 1);
        Changes(2);
        _slot.Tell(
            new CancelSubtasks { JobId = "job", Attempt = 2, Subtasks = { new SubtaskRef { Vertex = 1 } } },
            _jobMaster.Ref);
        SubtaskChanged canceled = _jobMaster.FishForMessage<SubtaskChanged>(c => c.Attempt == 2);
        Assert.Equal(SubtaskStateCode.SubtaskCanceled, canceled.State);
        DeployOnly("job", 2, vertex: 1);
        _jobMaster.FishForMessage<SlotReport>(r => r.IsComplete);
        Assert.DoesNotContain(_runtime.Deployed, d => d.Id.Attempt == 2);
    }

    [Fact]
    public void A_regular_report_names_what_has_ended_and_why()
    {
        Deploy("job", 1);
        Changes(2);
        _runtime.Fail(_runtime.Alive.Single(i => i.Vertex == 0), ErrorKind.Unavailable, "the disk is gone");
        SlotReport report = _jobMaster.FishForMessage<SlotReport>(
            r => r.IsComplete && r.Subtasks.Any(s => s.State == SubtaskStateCode.SubtaskFailed));
        SubtaskMetrics failed = report.Subtasks.Single(s => s.State == SubtaskStateCode.SubtaskFailed);
        Assert.Equal(
            ("the disk is gone", FailureKind.FailureUnavailable, 1),
            (failed.Message, failed.Kind, failed.Attempt));
        Assert.Equal(("a:1/0", 2), (report.SlotId, report.Subtasks.Count));
    }

    [Fact]
    public void A_barrier_that_is_told_again_is_emitted_once_and_what_was_written_is_told_again()
    {
        Deploy("job", 1);
        Changes(2);
        var trigger = new TriggerCheckpoint
        {
            JobId = "job",
            Attempt = 1,
            CheckpointId = 3,
            Folder = "/chk-3",
        };
        _slot.Tell(trigger);
        _jobMaster.FishForMessage<SnapshotWritten>(_ => true);
        _jobMaster.FishForMessage<SnapshotWritten>(_ => true);
        _slot.Tell(trigger);
        _jobMaster.FishForMessage<SnapshotWritten>(_ => true);
        _jobMaster.FishForMessage<SnapshotWritten>(_ => true);
        Assert.Single(_runtime.Triggered);
    }

    [Fact]
    public void The_end_brings_the_side_effects_of_its_checkpoint_once()
    {
        Deploy("job", 1);
        Changes(2);
        _slot.Tell(new CheckpointCompleted { JobId = "job", Attempt = 1, CheckpointId = 3 });
        _slot.Tell(new FinishSubtasks { JobId = "job", Attempt = 1, CompletedCheckpoint = 4 });
        Assert.All(Changes(2), c => Assert.Equal(SubtaskStateCode.SubtaskFinished, c.State));
        Assert.Equal([3L, 3L, 4L, 4L], _runtime.Completed.Select(c => c.Checkpoint.Value));
    }

    [Fact]
    public void A_newer_leader_gives_the_slot_to_another_job()
    {
        Deploy("one", 1);
        Changes(2);
        DeployOnly("two", 1, vertex: 0, term: 2);
        _jobMaster.FishForMessage<SubtaskChanged>(
            c => c is { JobId: "two", State: SubtaskStateCode.SubtaskRunning });
        Assert.Equal("two", Assert.Single(_runtime.Alive).JobId);
        _slot.Tell(new ReleaseSlot { JobId = "two", Term = 1 });
        _jobMaster.FishForMessage<SlotReport>(r => r.IsComplete);
        Assert.Single(_runtime.Alive);
    }

    [Fact]
    public void Another_job_is_refused_until_the_slot_is_released()
    {
        Deploy("one", 1);
        Changes(2);
        Deploy("two", 1);
        Assert.All(Changes(2), c => Assert.Equal("Slot a:1/0 is in use by job one.", c.Message));
        _slot.Tell(new ReleaseSlot { JobId = "one" });
        Deploy("two", 1);
        Assert.All(
            Changes(2), c => Assert.Equal(("two", SubtaskStateCode.SubtaskRunning), (c.JobId, c.State)));
        Assert.All(_runtime.Alive, id => Assert.Equal("two", id.JobId));
    }

    [Fact]
    public void The_subtasks_of_a_JobMaster_that_is_gone_are_canceled()
    {
        Deploy("job", 1);
        Changes(2);
        Sys.Stop(_jobMaster.Ref);
        AwaitAssert(() => Assert.Empty(_runtime.Alive));
    }

    [Fact]
    public void Metrics_come_regularly_and_with_the_end()
    {
        Deploy("job", 1);
        SlotReport report = _jobMaster.FishForMessage<SlotReport>(_ => true);
        Assert.Equal(7, report.Subtasks.SelectMany(
            s => s.Operators).Single(o => o.Uid == "source-1").Values["numRecordsIn"]);
        _runtime.EndData("job");
        _jobMaster.FishForMessage<SlotReport>(
            r => r.Subtasks.Any(s => s.State == SubtaskStateCode.SubtaskDataEnded));
    }

    [Fact]
    public void A_graph_that_cannot_be_read_fails_the_subtasks()
    {
        _slot.Tell(
            new DeploySubtasks
            {
                JobId = "job", Attempt = 1, Graph = ByteString.CopyFromUtf8("no graph"),
                Subtasks = { new SubtaskRef() },
            },
            _jobMaster.Ref);
        Assert.Equal((SubtaskStateCode.SubtaskFailed, FailureKind.FailureBug), Changes(
            1).Select(c => (c.State, c.Kind)).Single());
    }

    private SlotReport NextReport(int attempt) =>
        _jobMaster.FishForMessage<SlotReport>(r => r.IsComplete && r.Attempt == attempt);

    private void Deploy(string job, int attempt) => _slot.Tell(
        new DeploySubtasks
        {
            JobId = job,
            Attempt = attempt,
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
            Subtasks = { new SubtaskRef { Vertex = 0 }, new SubtaskRef { Vertex = 1 } },
        },
        _jobMaster.Ref);

    private void DeployOnly(string job, int attempt, int vertex, long term = 0) => _slot.Tell(
        new DeploySubtasks
        {
            JobId = job,
            Attempt = attempt,
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
            Subtasks = { new SubtaskRef { Vertex = vertex } },
            Region = { new SubtaskRef { Vertex = vertex } },
            Term = term,
        },
        _jobMaster.Ref);

    private List<SubtaskChanged> Changes(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _jobMaster.FishForMessage<SubtaskChanged>(_ => true))];
}
