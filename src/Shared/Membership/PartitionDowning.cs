using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Event;

namespace Millrace.Shared.Membership;

/// <summary>
/// Decides on members that fall silent: Akka's split-brain resolver, except that keep-majority, which has no
/// good answer for two nodes (it keeps the lower address), leaves those to <see cref="TwoNodes"/>. Named in
/// node.hocon.
/// </summary>
/// <param name="system">Its configuration names the strategy.</param>
public sealed class PartitionDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    private const string Section = "akka.cluster.split-brain-resolver";

    /// <summary>
    /// A leader's term, attempts and leases fence what ran on a removed node; waiting adds nothing.
    /// </summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    public Props DowningActorProps
    {
        get
        {
            Props resolver = new SplitBrainResolverProvider(system, cluster).DowningActorProps;
            Akka.Configuration.Config section = system.Settings.Config.GetConfig(Section);
            return section.GetString("active-strategy") == "keep-majority"
                ? Props.Create(() => new PartitionResolver(resolver, section.GetTimeSpan("stable-after")))
                : resolver;
        }
    }
}

/// <summary>
/// Runs Akka's resolver while the cluster has three nodes or more, and decides for two itself.
/// </summary>
internal sealed class PartitionResolver : ReceiveActor, IWithTimers
{
    private readonly Props _resolver;
    private readonly TimeSpan _stableAfter;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private IActorRef _child = ActorRefs.Nobody;

    public PartitionResolver(Props resolver, TimeSpan stableAfter)
    {
        _resolver = resolver;
        _stableAfter = stableAfter;
        Receive<Decide>(_ => OnDecide());
        // Not Cluster.State, which another actor brings up to date, a moment before or after these.
        Receive<ClusterEvent.UnreachableMember>(e => Look(() => _unreachable.Add(e.Member.UniqueAddress)));
        Receive<ClusterEvent.ReachableMember>(e => Look(() => _unreachable.Remove(e.Member.UniqueAddress)));
        Receive<ClusterEvent.MemberRemoved>(e => Look(() =>
        {
            _members.Remove(e.Member.UniqueAddress);
            _unreachable.Remove(e.Member.UniqueAddress);
        }));
        Receive<ClusterEvent.IMemberEvent>(e => Look(() => _members[e.Member.UniqueAddress] = e.Member));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>
    /// Members that count, the same ones as for Akka's resolver: one that is downed has no voice any more,
    /// and one that is not up, since a silent member holds that up, has none yet.
    /// </summary>
    private IReadOnlyList<Member> Voters =>
        [.. _members.Values.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving)];

    protected override void PreStart() => _cluster.Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Look(Action change)
    {
        change();
        IReadOnlyList<Member> voters = Voters;
        if (voters.Count > 2 == _child.IsNobody()) SwitchChild(voters.Count > 2);
        if (SilentPeer(voters) is null) Timers.Cancel(Decide.Instance);
        else if (!Timers.IsTimerActive(Decide.Instance))
            Timers.StartSingleTimer(Decide.Instance, Decide.Instance, _stableAfter);
    }

    private void SwitchChild(bool isNeeded)
    {
        if (!isNeeded) Context.Stop(_child);
        _child = isNeeded ? Context.ActorOf(_resolver) : ActorRefs.Nobody;
    }

    private void OnDecide()
    {
        IReadOnlyList<Member> voters = Voters;
        if (SilentPeer(voters) is not { } peer) return;
        Member self = voters.First(m => m.UniqueAddress == _cluster.SelfUniqueAddress);
        bool isKept = TwoNodes.Keeps(self, peer);
        _log.Warning(
            "Of two nodes, {0} has fallen silent: {1}", NodeNames.Of(peer.Address),
            isKept ? "it is removed" : "this one ends itself");
        _cluster.Down(isKept ? peer.Address : self.Address);
    }

    /// <summary>The other one of two nodes, when it is unreachable.</summary>
    private Member? SilentPeer(IReadOnlyList<Member> voters)
    {
        if (voters.Count != 2) return null;
        Member? peer = voters.FirstOrDefault(m => m.UniqueAddress != _cluster.SelfUniqueAddress);
        bool isMember = voters.Any(m => m.UniqueAddress == _cluster.SelfUniqueAddress);
        return peer is not null && isMember && _unreachable.Contains(peer.UniqueAddress) ? peer : null;
    }

    private sealed class Decide
    {
        public static readonly Decide Instance = new();
    }
}
