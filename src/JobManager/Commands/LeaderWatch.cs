using Akka.Actor;
using Akka.Cluster;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Commands;

/// <summary>
/// The node that leads, by membership as this node sees it: the oldest JobManager. Any thread;
/// <see cref="LeaderWatch"/> keeps it.
/// </summary>
internal sealed class LeadingNode
{
    private volatile Address? _address;
    private volatile TaskCompletionSource _moved = NewSource();

    /// <summary>Null: there is none, or nothing is known yet.</summary>
    public Address? Address => _address;

    public void Set(Address? address)
    {
        if (Equals(_address, address)) return;
        _address = address;
        Interlocked.Exchange(ref _moved, NewSource()).SetResult();
    }

    /// <summary>
    /// Waits until another node leads than this one; that nobody leads for a while does not count.
    /// </summary>
    public async Task MovedAsync(Address? from, CancellationToken cancel)
    {
        while (true)
        {
            // Taken before it is looked: what changes afterwards completes it.
            Task moved = _moved.Task;
            if (_address is { } now && !now.Equals(from)) return;
            await moved.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

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
