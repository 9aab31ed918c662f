using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Commands;

/// <summary>
/// The region of slots, asked where its shards are. A proxy of it on this node is for such reports alone:
/// jobs know their slots without it, and nothing waits for it.
/// </summary>
internal sealed class SlotRegion(Task<IActorRef> proxy)
{
    private const string Name = "slots";
    private static readonly TimeSpan RegionPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks so often while nothing is known: a proxy that is new has no coordinator yet.</summary>
    private const int Tries = 10;

    public static SlotRegion Of(ActorSystem system) => new(
        ClusterSharding.Get(system).StartProxyAsync(Name, NodeOptions.TaskManagerRole, new NoMessages()));

    /// <returns>The shards of each node, with their numbers of entities.</returns>
    /// <exception cref="MillraceException">Invalid: nobody answers.</exception>
    public async Task<IReadOnlyDictionary<Address, IImmutableDictionary<string, int>>> ShardsAsync(
        TimeProvider time, CancellationToken cancel)
    {
        try
        {
            IActorRef region = await proxy.WaitAsync(Patience, time, cancel).ConfigureAwait(false);
            for (int tries = 1; ; tries++)
            {
                ClusterShardingStats stats = await region.Ask<ClusterShardingStats>(
                    new GetClusterShardingStats(RegionPatience), Patience, cancel).ConfigureAwait(false);
                if (stats.Regions.Count > 0 || tries == Tries)
                    return stats.Regions.ToDictionary(r => r.Key, r => r.Value.Stats);
                await Task.Delay(RetryPause, time, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            throw new MillraceException(
                ErrorKind.Invalid,
                "The coordinator of the slots' shards does not answer; jobs do not depend on it.", e);
        }
    }

    /// <summary>No entity is ever told anything through this proxy.</summary>
    private sealed class NoMessages : IMessageExtractor
    {
        public string? EntityId(object message) => null;

        public object? EntityMessage(object message) => null;

        public string? ShardId(object message) => null;

        public string ShardId(string entityId, object? messageHint = null) => "";
    }
}
