using System.Collections.Immutable;

namespace Millrace.Shared.Membership;

/// <summary>A member as <see cref="KeepMajority"/> sees it.</summary>
/// <param name="Node">Names one process: its address and Akka's number of it.</param>
/// <param name="Votes">It counts: a node that is only joining has no voice yet.</param>
internal sealed record Peer(string Node, bool IsJobManager, bool Votes);

/// <summary>The observer gets no answers from the subject.</summary>
internal readonly record struct Accusation(string Observer, string Subject);

/// <summary>What a node knows of who hears whom, at one moment.</summary>
/// <param name="Members">Those that are neither down nor on their way out, the oldest first.</param>
/// <param name="Accusations">By members that were heard of lately, of members.</param>
/// <param name="Silent">
/// Members that are accused and were not heard of lately, not even through others.
/// </param>
internal sealed record Picture(
    ImmutableArray<Peer> Members,
    ImmutableHashSet<Accusation> Accusations,
    ImmutableHashSet<string> Silent);
