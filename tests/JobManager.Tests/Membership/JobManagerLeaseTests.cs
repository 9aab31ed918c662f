using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors;
using Millrace.JobManager.Actors;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Local;
using Millrace.Operators;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>
/// A JobManager with probes for TaskManagers and their slots, on a clock that the test moves: the job restarts
/// elsewhere when a TaskManager is dead or silent, and not before a silent one must have stopped.
/// </summary>
public sealed class JobManagerLeaseTests : TestKit
{
    private static readonly string Job = new('a', 32);

    /// <summary>Of one try of many.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMilliseconds(200);

    private readonly FakeCheckpointStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HashSet<string> _members = ["a:1", "b:1"];
    private IActorRef _jobManager;

    public JobManagerLeaseTests() : base(ActorTestConfig.WithClock) => _jobManager = StartJobManager();

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_lease_is_granted_renewed_and_refused_when_it_has_run_out()
    {
        TaskManager a = NewTaskManager("a:1");
        TaskManagerRegistered answer = a.Register(_jobManager);
        Assert.Equal((1L, 4000L), (answer.Term, answer.LeaseMs));
        for (int i = 0; i < 20; i++)
        {
            Advance(0.5);
            Assert.IsType<LeaseRenewed>(a.Renew(_jobManager));
        }
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        for (int i = 0; i < 21; i++)
        {
            Advance(0.25);
            Assert.IsType<LeaseRenewed>(b.Renew(_jobManager));
        }
        Assert.IsType<LeaseRefused>(a.Renew(_jobManager));
        a.Incarnation++;
        a.Register(_jobManager);
        Assert.IsType<LeaseRenewed>(a.Renew(_jobManager));
    }

    [Fact]
    public async Task A_TaskManagers_slots_are_not_taken_before_it_holds_a_lease_of_this_leader()
    {
        var client = new JobManagerClient(_jobManager);
        TaskManager a = NewTaskManager("a:1");
        Assert.False(a.Ask(_jobManager, leaseTerm: 0).TakesSlots);
        Assert.False(a.Ask(_jobManager, leaseTerm: 2).TakesSlots);
        Assert.Equal(0, (await client.SlotsAsync(CancellationToken.None)).Total);
        Assert.True(a.Ask(_jobManager, leaseTerm: 1).TakesSlots);
        Assert.Equal(1, (await client.SlotsAsync(CancellationToken.None)).Total);
    }

    [Fact]
    public void A_silent_TaskManagers_work_starts_elsewhere_when_its_lease_has_run_out()
    {
        TaskManager a = NewTaskManager("a:1");
        a.Register(_jobManager);
        Submit();
        Assert.Equal(1, a.Deployed().Attempt);
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        for (double now = 0; now < 4.9; now += 0.25)
        {
            Advance(0.25);
            b.Renew(_jobManager);
        }
        b.Slot.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(2, Redeployed(b).Attempt);
    }

    [Fact]
    public void A_dead_TaskManagers_work_starts_elsewhere_at_once()
    {
        TaskManager a = NewTaskManager("a:1");
        a.Register(_jobManager);
        Submit();
        a.Deployed();
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        Sys.EventStream.Publish(new NodeDead("a:1", 1));
        Assert.Equal(2, Redeployed(b).Attempt);
    }

    [Fact]
    public void A_TaskManager_that_was_removed_without_a_proof_of_its_death_keeps_its_work_until_its_lease_ends()
    {
        TaskManager a = RunOn("a:1");
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        Advance(1);
        Assert.IsType<LeaseRenewed>(a.Renew(_jobManager));
        Remove(a);
        Assert.IsType<LeaseRefused>(a.Renew(_jobManager));
        for (double now = 0; now < 4.75; now += 0.25)
        {
            Advance(0.25);
            b.Renew(_jobManager);
        }
        b.Slot.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(2, Redeployed(b).Attempt);
    }

    [Theory]
    [InlineData("is dead")]
    [InlineData("has stopped")]
    [InlineData("comes back as another process")]
    public void The_lease_is_not_waited_for_when_a_removed_TaskManager(string what)
    {
        TaskManager a = RunOn("a:1");
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        if (what == "has stopped") Sys.Stop(a.Actor);
        else Remove(a);
        if (what == "is dead") Sys.EventStream.Publish(new NodeDead("a:1", 1));
        if (what == "comes back as another process")
        {
            a = NewTaskManager("a:1");
            a.Incarnation = 2;
            a.Register(_jobManager);
        }
        Assert.Equal(2, Redeployed(what == "comes back as another process" ? a : b).Attempt);
    }

    [Fact]
    public void No_job_gets_a_slot_of_a_TaskManager_that_was_removed()
    {
        TaskManager a = NewTaskManager("a:1");
        a.Register(_jobManager);
        Remove(a);
        Submit();
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        Assert.Equal(1, b.Deployed().Attempt);
    }

    [Fact]
    public void A_TaskManager_to_which_another_one_lost_its_connection_is_suspected()
    {
        NewTaskManager("a:1").Register(_jobManager);
        NewTaskManager("b:1").Register(_jobManager);
        Sys.EventStream.Subscribe(TestActor, typeof(NodeSuspected));
        _jobManager.Tell(new PeerLost { Exchange = "nobody:1" });
        _jobManager.Tell(new PeerLost { Exchange = "b:1:data" });
        Assert.Equal("b:1", ExpectMsg<NodeSuspected>().Node);
    }

    [Fact]
    public void Work_that_a_TaskManager_has_stopped_by_itself_is_started_again_though_its_lease_had_time_left()
    {
        TaskManager a = NewTaskManager("a:1");
        a.Register(_jobManager);
        Submit();
        Assert.Equal(1, a.Deployed().Attempt);
        a.Incarnation++;
        a.Register(_jobManager);
        Assert.Equal(2, Redeployed(a).Attempt);
    }

    [Fact]
    public void A_new_leader_waits_for_the_leases_that_its_predecessor_granted()
    {
        RunOn("a:1");
        Replace();
        TaskManager b = NewTaskManager("b:1");
        Assert.Equal(2, b.Register(_jobManager).Term);
        for (double now = 0; now < 4.75; now += 0.25)
        {
            Advance(0.25);
            b.Renew(_jobManager);
        }
        b.Slot.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(2, Redeployed(b).Attempt);
    }

    [Theory]
    [InlineData("registers")]
    [InlineData("is dead")]
    [InlineData("is no member")]
    public void A_new_leader_does_not_wait_for_a_TaskManager_that(string what)
    {
        TaskManager a = RunOn("a:1");
        if (what == "is no member") _members.Remove("a:1");
        Replace();
        TaskManager b = NewTaskManager("b:1");
        b.Register(_jobManager);
        if (what == "registers") a.Register(_jobManager);
        if (what == "is dead") Sys.EventStream.Publish(new NodeDead("a:1", 1));
        Assert.Equal(2, Redeployed(what == "registers" ? a : b).Attempt);
    }

    [Fact]
    public void A_JobMaster_that_fails_by_a_bug_ends_and_another_one_goes_on()
    {
        TaskManager a = RunOn("a:1");
        IActorRef jobMaster = a.Slot.LastSender;
        Watch(jobMaster);
        jobMaster.Tell(new SnapshotWritten { JobId = Job });
        ExpectTerminated(jobMaster);
        // A question that the JobManager passes on before it hears of the end gets no answer: each try asks anew.
        AwaitAssert(() =>
        {
            TestProbe client = CreateTestProbe();
            _jobManager.Tell(new GetJob { JobId = Job }, client.Ref);
            Assert.Contains("is being recovered", client.ExpectMsg<RequestFailed>(AnswerPatience).Message);
        });
        Advance(1);
        Assert.Equal(2, Redeployed(a).Attempt);
        Assert.NotEqual(jobMaster, a.Slot.LastSender);
    }

    private TaskManager RunOn(string node)
    {
        TaskManager taskManager = NewTaskManager(node);
        taskManager.Register(_jobManager);
        Submit();
        Assert.Equal(1, taskManager.Deployed().Attempt);
        return taskManager;
    }

    private void Submit()
    {
        TestProbe client = CreateTestProbe();
        _jobManager.Tell(
            new SubmitJob
            {
                JobId = Job,
                Name = "job",
                Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
                Settings = JobSettingsCodec.ToMessage(
                    new JobOptions { Restart = new RestartOptions { Delay = TimeSpan.Zero } }),
            },
            client.Ref);
        client.ExpectMsg<JobSubmitted>();
    }

    /// <summary>From the cluster; its actor counts as terminated with its address.</summary>
    private void Remove(TaskManager taskManager)
    {
        ((IInternalActorRef)_jobManager).SendSystemMessage(
            new DeathWatchNotification(taskManager.Actor, existenceConfirmed: true, addressTerminated: true));
        // Behind the answer the actor has the notification in its mailbox, before what is sent next.
        TestProbe client = CreateTestProbe();
        _jobManager.Tell(new GetSlots(), client.Ref);
        client.ExpectMsg<SlotCount>();
    }

    /// <summary>The leader dies; another one begins from the same journal.</summary>
    private void Replace()
    {
        Watch(_jobManager);
        Sys.Stop(_jobManager);
        ExpectTerminated(_jobManager);
        Unwatch(_jobManager);
        _jobManager = StartJobManager();
    }

    private IActorRef StartJobManager()
    {
        var options = new JobManagerOptions { DataFolder = "/data", IsMember = _members.Contains, Time = _time };
        var submission = new JobSubmission(new SqlJobPlanner(ConnectorRegistry.Default), _store);
        return Sys.ActorOf(Props.Create(() => new JobManagerActor(options, _store, submission)));
    }

    /// <summary>The next deployment, which comes in less than a lease of the test's clock.</summary>
    private DeploySubtasks Redeployed(TaskManager taskManager)
    {
        for (int i = 0; i < 100; i++)
        {
            Advance(0.04);
            while (taskManager.Slot.ReceiveOne(TimeSpan.FromMilliseconds(100)) is { } message)
                if (message is DeploySubtasks deploy) return deploy;
        }
        throw new TimeoutException("Nothing was deployed.");
    }

    private void Advance(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    private TaskManager NewTaskManager(string node) => new(node, CreateTestProbe(), CreateTestProbe());

    private sealed class TaskManager(string node, TestProbe actor, TestProbe slot)
    {
        private long _number;

        public long Incarnation { get; set; } = 1;

        public TestProbe Slot => slot;

        public IActorRef Actor => actor.Ref;

        /// <summary>Until its slot is taken.</summary>
        public TaskManagerRegistered Register(IActorRef jobManager)
        {
            TaskManagerRegistered lease = Ask(jobManager, leaseTerm: 0);
            Assert.False(lease.TakesSlots);
            return Ask(jobManager, lease.Term);
        }

        /// <summary>Holding the lease of a leader of that term; 0: holding none.</summary>
        public TaskManagerRegistered Ask(IActorRef jobManager, long leaseTerm)
        {
            jobManager.Tell(
                new RegisterTaskManager
                {
                    Node = node,
                    Protocol = 1,
                    Incarnation = Incarnation,
                    Exchange = $"{node}:data",
                    Number = ++_number,
                    LeaseTerm = leaseTerm,
                    Slots = { new SlotOffer { SlotId = $"{node}/0", Path = slot.Ref.Path.ToString() } },
                },
                actor.Ref);
            var answer = actor.ExpectMsg<TaskManagerRegistered>();
            Assert.Equal(_number, answer.Number);
            return answer;
        }

        public object Renew(IActorRef jobManager)
        {
            jobManager.Tell(
                new RenewLease { Node = node, Incarnation = Incarnation, Number = ++_number }, actor.Ref);
            return actor.ExpectMsg<object>();
        }

        public DeploySubtasks Deployed() => slot.FishForMessage<DeploySubtasks>(_ => true);
    }
}
