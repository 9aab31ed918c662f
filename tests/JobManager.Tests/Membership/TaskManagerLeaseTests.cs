using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Messages;
using Millrace.TaskManager;
using Millrace.TaskManager.Slots;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class TaskManagerLeaseTests : TestKit
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestProbe _slot;
    private readonly TestProbe _leader;
    private readonly LeaseGuard _guard;
    private bool _isAlone = true;
    private int _cancels;
    private Action<string> _losePeer = _ => { };

    public TaskManagerLeaseTests() : base(ActorTestConfig.Quiet)
    {
        _slot = CreateTestProbe();
        _slot.IgnoreMessages(m => m is ObeyTerm);
        _leader = CreateTestProbe();
        TestProbe region = CreateTestProbe();
        _guard = new LeaseGuard(new Lease(_time), () => Interlocked.Increment(ref _cancels));
        _guard.Start(_time);
        var options = new TaskManagerOptions
        {
            Slots = 1,
            Incarnation = 7,
            FollowPeers = told => _losePeer = told,
            Patience = TimeSpan.FromMilliseconds(20),
            IsAlone = () =>
            {
                TestActor.Tell("who is left?");
                return _isAlone;
            },
            End = TestActor.Tell,
        };
        IActorRef actor = Sys.ActorOf(Props.Create(
            () => new TaskManagerActor(options, "a:1", region.Ref, _leader.Ref, _guard)));
        Assert.Equal("a:1/0", region.ExpectMsg<OpenSlot>().SlotId);
        actor.Tell(new SlotOpened { SlotId = "a:1/0" }, _slot.Ref);
    }

    [Fact]
    public void A_registered_TaskManager_renews_its_lease_several_times_a_length()
    {
        Register(term: 1, leaseMs: 400);
        var first = _leader.ExpectMsg<RenewLease>();
        Assert.Equal(("a:1", 7L << 20), (first.Node, first.Incarnation));
        Assert.True(_leader.ExpectMsg<RenewLease>().Number > first.Number);
    }

    [Fact]
    public void It_offers_its_slots_again_until_a_leader_takes_them_whose_lease_it_holds()
    {
        Register(term: 1, leaseMs: 4000);
        _leader.Reply(new LeaseRefused { Term = 2, Number = _leader.ExpectMsg<RenewLease>().Number });
        Register(term: 2, leaseMs: 4000);
    }

    [Fact]
    public void Its_slots_are_told_to_obey_the_leader_of_a_new_term()
    {
        _slot.IgnoreNoMessages();
        Register(term: 3, leaseMs: 4000);
        Assert.Equal(3, _slot.ExpectMsg<ObeyTerm>().Term);
    }

    [Fact]
    public void When_its_lease_has_run_out_it_stops_all_work_and_registers_anew()
    {
        Register(term: 1, leaseMs: 4000);
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.True(_guard.Lease.IsHeld);
        Assert.Equal(0, _cancels);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, _cancels);
        _slot.ExpectMsg<FenceSlot>();
        NextRegistration();
    }

    [Fact]
    public void A_TaskManager_whose_lease_is_refused_stops_all_work_and_registers_anew()
    {
        Register(term: 3, leaseMs: 4000);
        long number = _leader.ExpectMsg<RenewLease>().Number;
        _leader.Reply(new LeaseRefused { Term = 3, Number = number });
        _leader.Reply(new LeaseRefused { Term = 3, Number = number });
        _slot.ExpectMsg<FenceSlot>();
        RegisterTaskManager again = NextRegistration();
        Assert.Equal((7L << 20) + 1, again.Incarnation);
        Assert.Equal(1, _cancels);
        _leader.Reply(new TaskManagerRegistered { Term = 3, LeaseMs = 4000, Number = again.Number });
        AwaitAssert(() => Assert.True(_guard.Lease.IsHeld));
    }

    [Fact]
    public void An_answer_that_gives_no_lease_does_not_end_the_asking()
    {
        NextRegistration();
        _leader.Reply(new TaskManagerRegistered { Term = 1, LeaseMs = 4000, Number = long.MaxValue });
        for (int i = 0; i < 3; i++) NextRegistration();
        Assert.False(_guard.Lease.IsHeld);
        Register(term: 1, leaseMs: 4000);
    }

    [Fact]
    public void A_leader_of_a_lower_term_is_not_heard()
    {
        Register(term: 3, leaseMs: 800);
        var renewal = _leader.ExpectMsg<RenewLease>();
        _leader.Reply(new LeaseRefused { Term = 2, Number = renewal.Number });
        _leader.Reply(new TaskManagerRegistered { Term = 2, LeaseMs = 1 });
        _leader.Reply(new LeaseRenewed { Term = 3, Number = renewal.Number });
        // The next renewal comes after the three were read.
        _leader.ExpectMsg<RenewLease>();
        Assert.True(_guard.Lease.IsHeld);
        Assert.Equal(0, _cancels);
        _slot.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_lost_connection_with_another_process_is_told_to_the_leader()
    {
        Register(term: 1, leaseMs: 4000);
        _losePeer("b:9");
        Assert.Equal("b:9", _leader.FishForMessage<PeerLost>(_ => true).Exchange);
    }

    [Fact]
    public void After_it_stood_still_for_longer_than_its_lease_it_ends_itself_when_nobody_is_left()
    {
        Register(term: 1, leaseMs: 4000);
        _time.Advance(TimeSpan.FromSeconds(30));
        ExpectMsg("who is left?");
        Assert.Contains("no other node of its cluster answers", ExpectMsg<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_it_stood_still_it_goes_on_looking_for_a_leader_when_somebody_is_left()
    {
        _isAlone = false;
        Register(term: 1, leaseMs: 4000);
        _time.Advance(TimeSpan.FromSeconds(30));
        ExpectMsg("who is left?");
        NextRegistration();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void When_it_has_lost_everybody_but_never_stood_still_it_waits_for_them()
    {
        Register(term: 1, leaseMs: 4000);
        for (double now = 0; now < 60; now += 0.1) _time.Advance(TimeSpan.FromSeconds(0.1));
        _slot.ExpectMsg<FenceSlot>();
        TestProbe follower = CreateTestProbe();
        _guard.Follow(follower, []);
        _time.Advance(TimeSpan.FromSeconds(3.9));
        follower.ExpectNoMsg(TimeSpan.Zero);
        NextRegistration();
        ExpectNoMsg(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(4));
        follower.ExpectMsg<WokenUp>();
    }

    private void Register(long term, long leaseMs)
    {
        RegisterTaskManager first = NextRegistration();
        Assert.Equal((false, 0L), (_guard.Lease.IsHeld, first.LeaseTerm));
        Answer(first);
        RegisterTaskManager second = _leader.FishForMessage<RegisterTaskManager>(r => r.LeaseTerm == term);
        Assert.True(_guard.Lease.IsHeld);
        Answer(second);

        void Answer(RegisterTaskManager asked) => _leader.Reply(new TaskManagerRegistered
        {
            Term = term,
            LeaseMs = leaseMs,
            Number = asked.Number,
            TakesSlots = asked.LeaseTerm == term,
        });
    }

    private RegisterTaskManager NextRegistration() => _leader.FishForMessage<RegisterTaskManager>(_ => true);
}
