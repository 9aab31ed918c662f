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

    public SlotActorTests() : base("akka.stdout-loglevel = off\nakka.loglevel = off")
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

    private void Deploy(string job, int attempt) => _slot.Tell(
        new DeploySubtasks
        {
            JobId = job,
            Attempt = attempt,
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
            Subtasks = { new SubtaskRef { Vertex = 0 }, new SubtaskRef { Vertex = 1 } },
        },
        _jobMaster.Ref);

    private List<SubtaskChanged> Changes(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _jobMaster.FishForMessage<SubtaskChanged>(_ => true))];
}
