using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace Millrace.Shared.Membership;

/// <summary>Keeps the file of members up to date, so that the node finds its cluster again.</summary>
internal sealed class MemberRecorder : ReceiveActor, IWithTimers
{
    public const string Name = "member-recorder";

    /// <summary>Many nodes that join at once make one write.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ClusterRecord _record;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public MemberRecorder(ClusterRecord record)
    {
        _record = record;
        Receive<Write>(_ => WriteMembers());
        Receive<ClusterEvent.IMemberEvent>(_ => WriteSoon());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _cluster.Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp),
        typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void WriteSoon()
    {
        if (!Timers.IsTimerActive(Write.Instance))
            Timers.StartSingleTimer(Write.Instance, Write.Instance, Pause);
    }

    private void WriteMembers()
    {
        // A node that is no member (any more) has nothing to say about who is.
        if (_cluster.State.Members.All(m => m.UniqueAddress != _cluster.SelfUniqueAddress)) return;
        try
        {
            _record.WriteMembers(_cluster.State.Members.Select(m => NodeNames.Of(m.Address)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.Warning("The cluster's members could not be written down: {0}", e.Message);
        }
    }

    private sealed class Write
    {
        public static readonly Write Instance = new();
    }
}
