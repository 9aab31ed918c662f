using Akka.Actor;
using Akka.Cluster;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Commands;

/// <summary>Follows the members of the cluster to know which JobManager leads.</summary>
internal sealed class LeaderWatch : ReceiveActor
{
    private readonly Dictionary<UniqueAddress, Member> _jobManagers = [];
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly LeadingNode _leader;

    public LeaderWatch(LeadingNode leader)
    {
        _leader = leader;
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            _jobManagers.Remove(e.Member.UniqueAddress);
            Tell();
        });
        Receive<ClusterEvent.IMemberEvent>(
            e =>
            {
                _jobManagers[e.Member.UniqueAddress] = e.Member;
                Tell();
            },
            e => e.Member.HasRole(NodeOptions.JobManagerRole));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Tell() => _leader.Set(
        _jobManagers.Values.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving)
            .Aggregate((Member?)null, (oldest, m) => oldest is null || m.IsOlderThan(oldest) ? m : oldest)
            ?.Address);
}
