using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Slots;

/// <summary>Puts each shard on the node that its id names, and never moves it.</summary>
/// <param name="self">host:port of the node that runs the coordinator.</param>
internal sealed class NodeShardAllocation(string self) : IShardAllocationStrategy
{
    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> current)
    {
        foreach (IActorRef region in current.Keys)
            if (NodeOf(region) == shardId) return Task.FromResult(region);
        // The coordinator logs it and the asking region tries again: the node's region may not be known yet.
        return Task.FromException<IActorRef>(
            new MillraceException(ErrorKind.Unavailable, $"The TaskManager {shardId} is not there."));
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> current, IImmutableSet<string> inProgress) =>
        Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

    private string NodeOf(IActorRef region)
    {
        Address address = region.Path.Address;
        return address.HasLocalScope ? self : $"{address.Host}:{address.Port}";
    }
}

/// <summary>
/// Only <see cref="Shared.Messages.OpenSlot"/> goes through the region; later messages go to the slot itself.
/// </summary>
internal sealed class SlotExtractor : IMessageExtractor
{
    public string? EntityId(object message) => (message as Shared.Messages.OpenSlot)?.SlotId;

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => EntityId(message) is { } id ? SlotIds.NodeOf(id) : null;

    public string ShardId(string entityId, object? messageHint = null) => SlotIds.NodeOf(entityId);
}
