using Akka.Actor;
using Akka.Event;
using Akka.Serialization;
using Millrace.Shared.Messages;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// One per node: starts the node's slots in their shard, says to the JobManager what the node offers, and
/// says it again when a slot was lost or another JobManager leads. Renews the node's lease; whoever leads
/// with a lower term than has been seen is not heard.
/// </summary>
internal sealed class TaskManagerActor : ReceiveActor, IWithTimers
{
    /// <summary>Nodes of another protocol are refused.</summary>
    public const int Protocol = 1;

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>A leader that has just begun hears of all TaskManagers at once.</summary>
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(1);

    private readonly TaskManagerOptions _options;
    private readonly string _node;
    private readonly IActorRef _region;
    private readonly IActorRef _jobManager;
    private readonly SortedDictionary<string, IActorRef> _slots = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LeaseGuard _guard;
    private IActorRef _leader = ActorRefs.Nobody;
    private long _term;

    /// <summary>Of the leader that has given the lease.</summary>
    private long _leaseTerm;
    private TimeSpan _retryPause;

    /// <param name="node">host:port of this node.</param>
    /// <param name="region">The shard region of the slots.</param>
    /// <param name="jobManager">The proxy of the JobManager singleton.</param>
    /// <param name="guard">Stops the node's work when its lease has run out.</param>
    public TaskManagerActor(
        TaskManagerOptions options, string node, IActorRef region, IActorRef jobManager, LeaseGuard guard)
    {
        _guard = guard;
        _options = options;
        _node = node;
        _region = region;
        _jobManager = jobManager;
        Receive<SlotOpened>(OnOpened);
        Receive<TaskManagerRegistered>(OnRegistered, m => m.Term >= _term);
        Receive<TaskManagerRegistered>(_ => { });
        Receive<LeaseRenewed>(m => _guard.Lease.Renew(m.Number), m => m.Term >= _term);
        Receive<LeaseRenewed>(_ => { });
        // Of many refusals in a row, after a pause, the first one counts.
        Receive<LeaseRefused>(
            _ => OnLeaseRefused(), m => m.Term >= _term && _guard.Lease.IsAwaited(m.Number));
        Receive<LeaseRefused>(_ => { });
        Receive<LeaseRunOut>(_ => OnLeaseRunOut());
        Receive<WokenUp>(_ => Timers.StartSingleTimer(
            LookWhoIsLeft.Instance, LookWhoIsLeft.Instance, _options.Patience));
        Receive<LookWhoIsLeft>(_ => OnLookWhoIsLeft());
        // Its lost connections are how a dead process is found soonest; the JobManagers look whether it is.
        Receive<PeerLost>(m => _leader.Tell(m));
        Receive<RenewDue>(_ => Renew());
        Receive<Retry>(_ => OnRetry());
        Receive<Terminated>(OnTerminated);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>
    /// Another one after everything was stopped: what the JobManager knew of this node holds no more.
    /// </summary>
    private long Incarnation => (_options.Incarnation << 20) + _guard.Fences;

    private bool AreAllOpen => _slots.Count == _options.Slots;

    protected override void PreStart()
    {
        IActorRef self = Self;
        _options.FollowPeers(peer => self.Tell(new PeerLost { Exchange = peer }, ActorRefs.NoSender));
        TryAgain();
    }

    /// <summary>Those that follow peers follow this one still.</summary>
    protected override void PostRestart(Exception reason) => TryAgain();

    private void OnRetry()
    {
        if (AreAllOpen && !_leader.IsNobody()) return;
        for (int i = 0; i < _options.Slots; i++)
        {
            string id = SlotIds.Of(_node, i);
            if (!_slots.ContainsKey(id)) _region.Tell(new OpenSlot { SlotId = id });
        }
        if (AreAllOpen) Register();
        Timers.StartSingleTimer(Retry.Instance, Retry.Instance, _retryPause);
        _retryPause = _retryPause * 2 < LongestRetry ? _retryPause * 2 : LongestRetry;
    }

    private void OnOpened(SlotOpened opened)
    {
        if (_slots.TryGetValue(opened.SlotId, out IActorRef? known))
        {
            if (known.Equals(Sender)) return;
            Context.Unwatch(known);
        }
        _slots[opened.SlotId] = Context.Watch(Sender);
        _guard.Follow(Self, _slots.Values);
        if (AreAllOpen) LookForLeader();
    }

    private void Register()
    {
        _leader = ActorRefs.Nobody;
        var offer = new RegisterTaskManager
        {
            Node = _node,
            Protocol = Protocol,
            MemoryBytes = _options.MemoryBytes,
            Cpus = _options.Cpus,
            Exchange = _options.Exchange,
            Incarnation = Incarnation,
            Number = _guard.Lease.Send(),
            Term = _term,
            LeaseTerm = _guard.Lease.IsHeld ? _leaseTerm : 0,
        };
        foreach ((string id, IActorRef slot) in _slots)
            offer.Slots.Add(new SlotOffer { SlotId = id, Path = Serialization.SerializedActorPath(slot) });
        _jobManager.Tell(offer);
    }

    private void OnRegistered(TaskManagerRegistered registered)
    {
        _term = registered.Term;
        foreach (IActorRef slot in _slots.Values) slot.Tell(new ObeyTerm(_term));
        // An answer that gives no lease is none: this goes on asking.
        if (!_guard.Lease.Grant(registered.Number, TimeSpan.FromMilliseconds(registered.LeaseMs))) return;
        _leaseTerm = registered.Term;
        if (AreAllOpen && !registered.TakesSlots)
        {
            LookForLeader();
            return;
        }
        TimeSpan interval = _guard.Lease.RenewInterval;
        if (interval > TimeSpan.Zero)
            Timers.StartPeriodicTimer(RenewDue.Instance, RenewDue.Instance, interval);
        if (!_leader.Equals(Sender))
        {
            if (!_leader.IsNobody()) Context.Unwatch(_leader);
            _leader = Context.Watch(Sender);
        }
        if (!AreAllOpen) return;
        Timers.Cancel(Retry.Instance);
        _options.Registered();
    }

    private void Renew()
    {
        if (_leader.IsNobody()) return;
        _leader.Tell(new RenewLease
        {
            Node = _node,
            Incarnation = Incarnation,
            Number = _guard.Lease.Send(),
        });
    }

    /// <summary>The leader has given this node's work to others, or never knew of it.</summary>
    private void OnLeaseRefused()
    {
        _log.Warning("The JobManager does not know this TaskManager any more: its subtasks are stopped");
        _guard.Fence();
        LookForLeader();
    }

    private void OnLeaseRunOut()
    {
        _log.Warning(
            "The lease of this TaskManager has run out: no JobManager answers, its subtasks are stopped");
        LookForLeader();
    }

    /// <summary>
    /// A TaskManager that has merely lost the others waits for them to come back, and they find it. After it
    /// has stood still for long they may have come back already, somewhere else, and it would wait for ever.
    /// </summary>
    private void OnLookWhoIsLeft()
    {
        if (_guard.Lease.IsHeld || !_options.IsAlone()) return;
        _options.End(
            "This TaskManager stood still for longer than its lease, and "
            + $"{_options.Patience.TotalSeconds:0} s after it woke up no other node of its cluster answers.");
    }

    private void LookForLeader()
    {
        if (!_leader.IsNobody()) Context.Unwatch(_leader);
        _leader = ActorRefs.Nobody;
        TryAgain();
    }

    private void OnTerminated(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_leader))
        {
            _leader = ActorRefs.Nobody;
        }
        else if (_slots.FirstOrDefault(s => s.Value.Equals(terminated.ActorRef)) is { Key: { } id })
        {
            _log.Warning("Slot {0} has stopped and is started again", id);
            _slots.Remove(id);
            _guard.Follow(Self, _slots.Values);
            Register();
        }
        TryAgain();
    }

    /// <summary>
    /// At once and again, at growing pauses, until every slot is open and a JobManager has answered.
    /// </summary>
    private void TryAgain()
    {
        _retryPause = ShortestRetry;
        Self.Tell(Retry.Instance);
    }

    private sealed class LookWhoIsLeft
    {
        public static readonly LookWhoIsLeft Instance = new();
    }

    private sealed class RenewDue
    {
        public static readonly RenewDue Instance = new();
    }

    private sealed class Retry
    {
        public static readonly Retry Instance = new();
    }
}
