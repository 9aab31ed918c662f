using Akka.Actor;
using Akka.Event;
using Millrace.JobManager.Membership;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Errors;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Actors;

internal sealed partial class JobManagerActor
{
    private readonly Dictionary<string, IActorRef> _taskManagers = new(StringComparer.Ordinal);
    private readonly Dictionary<JobId, SlotsWanted> _held = [];
    private LeaseTable _leases = new(TimeSpan.Zero);
    private EarlierLeases _earlier = new(TimeSpan.Zero);

    private long _leadsSince;

    /// <summary>Since this leader has begun.</summary>
    private TimeSpan Monotonic => _options.Time.GetElapsedTime(_leadsSince);

    private void BeginLeases()
    {
        _leadsSince = _options.Time.GetTimestamp();
        _leases = new LeaseTable(_options.Lease);
        _earlier = new EarlierLeases(Monotonic + _options.Lease);
        Context.System.EventStream.Subscribe(Self, typeof(NodeDead));
        Timers.StartPeriodicTimer(LookAtLeases.Instance, LookAtLeases.Instance, LeaseTable.LookInterval);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        base.PostStop();
    }

    private void OnRegister(RegisterTaskManager offer)
    {
        if (offer.Protocol != Protocol)
        {
            _log.Error("TaskManager {0} speaks protocol {1}, this JobManager {2}: refused", offer.Node,
                offer.Protocol, Protocol);
            return;
        }
        if (offer.Term > _registry.Term)
            // Another JobManager has led meanwhile, which nothing was stored to tell. The restart gets a term
            // above it.
            throw new MillraceException(
                ErrorKind.Fenced,
                $"{offer.Node} has seen term {offer.Term}, this JobManager leads {_registry.Term}.");
        Welcome(offer);
        _leases.Grant(offer.Node, offer.Incarnation, Monotonic);
        bool holdsLease = offer.LeaseTerm == _registry.Term;
        Sender.Tell(new TaskManagerRegistered
        {
            Term = _registry.Term,
            LeaseMs = (long)_leases.TaskManagerLength.TotalMilliseconds,
            Number = offer.Number,
            TakesSlots = holdsLease,
        });
        // Work for its slots could overtake the lease, and would be refused there.
        if (holdsLease) TakeSlots(offer);
    }

    private void TakeSlots(RegisterTaskManager offer)
    {
        _slots.Register(
            new NodeOffer(offer.Node, offer.MemoryBytes, offer.Cpus)
            {
                Exchange = offer.Exchange,
                RegisteredAt = Context.System.Scheduler.Now,
            },
            [
                .. offer.Slots.Select(s => new Slot(s.SlotId, offer.Node, Resolve(s.Path))
                {
                    Exchange = offer.Exchange,
                    SlotsOfNode = offer.Slots.Count,
                }),
            ]);
        _earlier.Settle(offer.Node);
        RequestHeld();
        Grant();
    }

    private void Welcome(RegisterTaskManager offer)
    {
        if (_leases.KnowsOther(offer.Node, offer.Incarnation))
            LoseNode(offer.Node, "has stopped its work and starts anew");
        if (_taskManagers.TryGetValue(offer.Node, out IActorRef? known) && known.Equals(Sender)) return;
        _taskManagers[offer.Node] = Context.Watch(Sender);
        _log.Info("TaskManager {0} offers {1} slots", offer.Node, offer.Slots.Count);
    }

    private void OnRenew(RenewLease renewal)
    {
        if (_leases.Renew(renewal.Node, renewal.Incarnation, Monotonic))
            Sender.Tell(new LeaseRenewed { Number = renewal.Number, Term = _registry.Term });
        else
            Sender.Tell(new LeaseRefused { Number = renewal.Number, Term = _registry.Term });
    }

    private void OnPeerLost(PeerLost lost)
    {
        if (_slots.Nodes.FirstOrDefault(n => n.Exchange == lost.Exchange) is { } offer)
            Context.System.EventStream.Publish(new NodeSuspected(offer.Node));
    }

    private void OnLookAtLeases()
    {
        foreach (string node in _leases.TakeRunOut(Monotonic)) LoseNode(node, "has not renewed its lease");
        RequestHeld();
    }

    /// <summary>
    /// One that leaves stops its slots by itself. One that was removed without a proof of its death may not know
    /// yet, and works until its lease has run out, which counts from its last renewal: most often that is
    /// over already.
    /// </summary>
    private void OnTaskManagerGone(Terminated gone)
    {
        if (_taskManagers.FirstOrDefault(t => t.Value.Equals(gone.ActorRef)).Key is not { } node) return;
        bool isRemoved = gone.AddressTerminated || !_options.IsMember(node);
        if (!isRemoved || !_leases.LetRunOut(node))
        {
            LoseNode(node, "is gone");
            return;
        }
        _log.Warning("TaskManager {0} was removed from the cluster; its lease is waited for", node);
        _slots.Close(node);
    }

    /// <summary>
    /// Takes the node's slots away and tells the jobs at once. Should it be alive, its renewals are refused
    /// until it has stopped its work and registers again.
    /// </summary>
    private void LoseNode(string node, string why)
    {
        _earlier.Settle(node);
        if (!_taskManagers.Remove(node, out IActorRef? actor)) return;
        Context.Unwatch(actor);
        _log.Warning("TaskManager {0} {1}", node, why);
        _leases.End(node);
        _slots.Lose(node);
        foreach (IActorRef jobMaster in _jobMasters.Values) jobMaster.Tell(new SlotsLost(node));
        RequestHeld();
        Grant();
    }

    private bool MustWaitForLeases(SlotsWanted wanted) =>
        _earlier.Unsettled(wanted.LastNodes, Monotonic, _options.IsMember).Count > 0;

    private void Request(SlotsWanted wanted)
    {
        _slots.Request(
            wanted.Job, wanted.Sequence, wanted.Count, wanted.Needs, wanted.Kept, wanted.Number);
        Grant();
    }

    private void RequestHeld()
    {
        foreach (SlotsWanted wanted in _held.Values.Where(w => !MustWaitForLeases(w)).ToList())
        {
            _held.Remove(wanted.Job);
            Request(wanted);
        }
    }

    private sealed class LookAtLeases
    {
        public static readonly LookAtLeases Instance = new();
    }
}
