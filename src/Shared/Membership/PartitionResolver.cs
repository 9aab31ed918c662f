using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Membership;

/// <summary>
/// Carries out <see cref="KeepMajority"/>: looks around several times a second, tells the others whom it
/// does not hear while somebody is accused by anyone, and acts when its decision has been the same for a while.
/// </summary>
/// <remarks>
/// Whom this node accuses is what its failure detector says, as Akka's own table has it, and whom its
/// remoting has quarantined. Of those who stay the lowest address acts; each next one waits longer, should
/// that one be unable to. Who goes itself, acts at once.
/// </remarks>
internal sealed class PartitionResolver : ReceiveActor, IWithTimers
{
    /// <summary>So many others are told at a time; in a larger cluster the next ones follow.</summary>
    private const int ToldAtOnce = 16;
    private static readonly TimeSpan LongestLookInterval = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan _stableAfter;
    private readonly TimeProvider _time;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _quarantined = [];
    private readonly Stillness _stillness = new();
    private readonly Sights _sights;
    private readonly string _self;
    private readonly long _startedAt;
    private int _lastTold;

    /// <param name="stableAfter">So long the same ones must have had to go.</param>
    /// <param name="memory">See <see cref="Sights"/>.</param>
    public PartitionResolver(TimeSpan stableAfter, TimeSpan memory, TimeProvider time)
    {
        _stableAfter = stableAfter;
        _time = time;
        _startedAt = time.GetTimestamp();
        _self = NameOf(_cluster.SelfUniqueAddress);
        _sights = new Sights(_self, memory, stableAfter);
        Receive<LookDue>(_ => Look());
        Receive<NodeSights>(told => _sights.Hear(told, _members.ContainsKey, Now));
        Receive<QuarantinedEvent>(e => OnQuarantined(NameOf(new UniqueAddress(e.Address, e.Uid))));
        // Not Cluster.State, which another actor brings up to date, a moment before or after these.
        Receive<ClusterEvent.MemberRemoved>(e => Forget(NameOf(e.Member.UniqueAddress)));
        Receive<ClusterEvent.IMemberEvent>(e => _members[NameOf(e.Member.UniqueAddress)] = e.Member);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>Those that are down or about to end hold nothing up any more.</summary>
    private IEnumerable<KeyValuePair<string, Member>> Live =>
        _members.Where(m => m.Value.Status is not (MemberStatus.Down or MemberStatus.Exiting));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));
        TimeSpan interval = TimeSpan.FromTicks(
            Math.Min(LongestLookInterval.Ticks, _stableAfter.Ticks / 4));
        Timers.StartPeriodicTimer(LookDue.Instance, LookDue.Instance, interval);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void OnQuarantined(string node)
    {
        if (_members.ContainsKey(node)) _quarantined.Add(node);
    }

    private void Forget(string node)
    {
        _members.Remove(node);
        _quarantined.Remove(node);
        _sights.Forget(node);
    }

    private void Look()
    {
        TimeSpan now = Now;
        bool isTroubled = _sights.Look(Live.Where(m => IsAccused(m.Key, m.Value)).Select(m => m.Key), now);
        Picture picture = _sights.Of(Live.OrderBy(m => m.Value, Member.AgeOrdering).Select(PeerOf), now);
        ImmutableHashSet<string> gone = KeepMajority.WhoGoes(picture);
        TimeSpan still = _stillness.Of(picture, gone, now);
        if (!isTroubled) return;
        Tell(_sights.Tell(now));
        if (still >= _stableAfter && picture.Members.Any(m => m.Node == _self))
            Resolve(picture, gone, still);
    }

    private bool IsAccused(string node, Member member) =>
        node != _self
        && (_quarantined.Contains(node) || !_cluster.FailureDetector.IsAvailable(member.Address));

    private void Tell(NodeSights sights)
    {
        List<Address> others = [.. _members.Where(m => m.Key != _self)
            .OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Value.Address)];
        for (int i = 0; i < Math.Min(ToldAtOnce, others.Count); i++)
        {
            _lastTold = (_lastTold + 1) % others.Count;
            Context.ActorSelection(new RootActorPath(others[_lastTold]) / Self.Path.Elements).Tell(sights);
        }
    }

    private void Resolve(Picture picture, ImmutableHashSet<string> gone, TimeSpan still)
    {
        if (gone.Contains(_self))
        {
            _log.Warning(
                "{0} of {1} members hear nothing from this one, or it from them: it ends itself",
                picture.Members.Count(m => !gone.Contains(m.Node) || picture.Silent.Contains(m.Node)),
                picture.Members.Length);
            _cluster.Down(_cluster.SelfAddress);
        }
        else if (RankOfSelf(picture, gone) is { } rank && still >= _stableAfter * (1 + rank))
        {
            foreach (string node in gone) Remove(_members[node], picture.Silent.Contains(node));
        }
    }

    /// <summary>How many of those who stay would act before this node; null: it is not one of them.</summary>
    private int? RankOfSelf(Picture picture, ImmutableHashSet<string> gone)
    {
        int rank = picture.Members
            .Where(m => m.Votes && !gone.Contains(m.Node) && !picture.Silent.Contains(m.Node))
            .Select(m => m.Node)
            .Order(StringComparer.Ordinal)
            .ToList()
            .IndexOf(_self);
        return rank < 0 ? null : rank;
    }

    private void Remove(Member member, bool isSilent)
    {
        _log.Warning(
            isSilent
                ? "{0} has fallen silent: it is removed"
                : "{0} is removed: it and others do not hear each other",
            NodeNames.Of(member.Address));
        _cluster.Down(member.Address);
    }

    private static Peer PeerOf(KeyValuePair<string, Member> member) => new(
        member.Key,
        member.Value.HasRole(NodeOptions.JobManagerRole),
        member.Value.Status is MemberStatus.Up or MemberStatus.Leaving);

    private static string NameOf(UniqueAddress node) => $"{NodeNames.Of(node.Address)}#{node.Uid}";

    private sealed class LookDue
    {
        public static readonly LookDue Instance = new();
    }
}
