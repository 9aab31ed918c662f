using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Millrace.Shared.Hosting;

namespace Millrace.Shared.Membership;

/// <summary>
/// Finds dead nodes before the failure detector does. One actor per node.
/// </summary>
/// <remarks>
/// <para>A killed process closes its sockets and its port refuses. The first gives a suspicion (a lost association,
/// a lost channel told by <see cref="NodeSuspected"/>), the second is the proof, fetched by a probe. A dead
/// member is quarantined and downed at once, so that the leader of the cluster can remove it without waiting for
/// its silence to become noticeable, and everyone on this node hears <see cref="NodeDead"/>. A member that neither
/// answers nor refuses is left to the failure detector.</para>
/// <para>JobManagers watch every node, the others the JobManagers; while there is none, everyone watches
/// everyone. To have an association that can be lost, the watch speaks to every node that it watches.</para>
/// </remarks>
internal sealed class NodeWatch : ReceiveActor, IWithTimers
{
    public const string Name = "node-watch";

    private readonly INodeProbe _probe;
    private readonly bool _isJobManager;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Suspicions _suspicions = new();
    private readonly Suspicions _removed = new();
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<UniqueAddress> _dead = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="isJobManager">Whether this node may lead jobs.</param>
    public NodeWatch(INodeProbe probe, bool isJobManager)
    {
        _probe = probe;
        _isJobManager = isJobManager;
        Receive<AssociatedEvent>(_ => { });
        Receive<AssociationEvent>(e => Suspect(NodeNames.Of(e.RemoteAddress)));
        Receive<NodeSuspected>(s => Suspect(s.Node));
        Receive<NodeReplaced>(OnReplaced);
        Receive<ClusterEvent.UnreachableMember>(e => Suspect(NodeNames.Of(e.Member.Address)));
        Receive<ClusterEvent.MemberRemoved>(OnRemoved);
        Receive<ClusterEvent.IMemberEvent>(e => OnMember(e.Member));
        Receive<Probed>(OnProbed);
        Receive<LookAgain>(a => Probe(a.Node));
        Receive<ProbedRemoved>(OnProbedRemoved);
        Receive<LookAgainAtRemoved>(a => ProbeRemoved(a.Process));
        Receive<ThisActorSystemQuarantinedEvent>(e => NodeEnding.End(
            Context.System,
            NodeEndReason.Removed,
            $"{NodeNames.Of(e.RemoteAddress)} has gone on without this node."));
        Receive<ActorIdentity>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
        Context.System.EventStream.Subscribe(Self, typeof(NodeSuspected));
        Context.System.EventStream.Subscribe(Self, typeof(NodeReplaced));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.UnreachableMember));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress) return;
        string node = NodeNames.Of(member.Address);
        bool isNew = !_members.TryGetValue(node, out Member? known)
            || known.UniqueAddress != member.UniqueAddress;
        _members[node] = member;
        if (isNew && Watches(member)) Speak(member);
    }

    private void OnRemoved(ClusterEvent.MemberRemoved removed)
    {
        string node = NodeNames.Of(removed.Member.Address);
        bool isKnownDead = _dead.Remove(removed.Member.UniqueAddress);
        bool wasDowned = removed.PreviousStatus == MemberStatus.Down;
        if (_isJobManager && wasDowned && !isKnownDead && _removed.Begin(node))
            ProbeRemoved(removed.Member.UniqueAddress);
        if (!_members.TryGetValue(node, out Member? known)
            || known.UniqueAddress != removed.Member.UniqueAddress) return;
        _members.Remove(node);
        _suspicions.Forget(node);
    }

    private void Suspect(string node)
    {
        if (_members.TryGetValue(node, out Member? member) && !_dead.Contains(member.UniqueAddress)
            && Watches(member) && _suspicions.Begin(node))
            Probe(node);
    }

    private void OnReplaced(NodeReplaced replaced)
    {
        if (!_members.TryGetValue(replaced.Node, out Member? member)) return;
        if (member.UniqueAddress.Uid != replaced.Uid && !_dead.Contains(member.UniqueAddress))
            Bury(replaced.Node, member);
    }

    /// <summary>
    /// Others have found a member dead, or silent: a leader still wants to know whether its process has ended.
    /// </summary>
    private void ProbeRemoved(UniqueAddress process) =>
        _probe.ProbeAsync(process.Address.Host!, process.Address.Port!.Value, CancellationToken.None)
            .PipeTo(
                Self,
                success: result => new ProbedRemoved(process, result),
                failure: _ => new ProbedRemoved(process, ProbeResult.Silent));

    private void OnProbedRemoved(ProbedRemoved probed)
    {
        string node = NodeNames.Of(probed.Process.Address);
        switch (_removed.OnResult(node, probed.Result))
        {
            case Verdict.Dead:
                Context.System.EventStream.Publish(new NodeDead(node, probed.Process.Uid));
                break;
            case Verdict.LookAgain:
                Timers.StartSingleTimer(
                    probed.Process, new LookAgainAtRemoved(probed.Process), _removed.PauseBefore(node));
                break;
            default: break;
        }
    }

    private bool Watches(Member member) =>
        _isJobManager
        || member.HasRole(NodeOptions.JobManagerRole)
        || !_members.Values.Any(
            m => m.HasRole(NodeOptions.JobManagerRole) && !_dead.Contains(m.UniqueAddress));

    private void Probe(string node)
    {
        if (!_members.TryGetValue(node, out Member? member)) return;
        UniqueAddress process = member.UniqueAddress;
        _probe.ProbeAsync(process.Address.Host!, process.Address.Port!.Value, CancellationToken.None)
            .PipeTo(
                Self,
                success: result => new Probed(node, process, result),
                failure: _ => new Probed(node, process, ProbeResult.Silent));
    }

    private void OnProbed(Probed probed)
    {
        if (!_members.TryGetValue(probed.Node, out Member? member)) return;
        // Another process has the address now: what was seen says nothing about it.
        ProbeResult result = member.UniqueAddress == probed.Process ? probed.Result : ProbeResult.Silent;
        switch (_suspicions.OnResult(probed.Node, result))
        {
            case Verdict.Dead: Bury(probed.Node, member); break;
            case Verdict.LookAgain:
                Timers.StartSingleTimer(
                    probed.Node, new LookAgain(probed.Node), _suspicions.PauseBefore(probed.Node));
                break;
            default: Speak(member); break;
        }
    }

    /// <summary>
    /// The leader of the cluster removes a member only when it is both down and unreachable; one whose quarantine is
    /// announced counts as unreachable at once. Remoting itself is not told: it would call the dead address again,
    /// just when another process may come up there.
    /// </summary>
    private void Bury(string node, Member member)
    {
        _dead.Add(member.UniqueAddress);
        if (member.Status is MemberStatus.Up or MemberStatus.Joining or MemberStatus.WeaklyUp)
            _log.Warning("{0} is dead: its process has ended", node);
        else
            _log.Info("{0} has left and ended", node);
        Context.System.EventStream.Publish(new NodeDead(node, member.UniqueAddress.Uid));
        Context.System.EventStream.Publish(new QuarantinedEvent(member.Address, member.UniqueAddress.Uid));
        _cluster.Down(member.Address);
    }

    private static void Speak(Member member) =>
        Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name).Tell(new Identify(null));

    private sealed record Probed(string Node, UniqueAddress Process, ProbeResult Result);

    private sealed record LookAgain(string Node);

    private sealed record ProbedRemoved(UniqueAddress Process, ProbeResult Result);

    private sealed record LookAgainAtRemoved(UniqueAddress Process);
}
