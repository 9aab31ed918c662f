using System.Collections.Immutable;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Membership;

/// <summary>
/// What this node knows of who hears whom: its own look around, and what others have told of theirs and of
/// third ones'. Akka keeps such a table too and shows its union only; who accuses whom is not public.
/// </summary>
/// <remarks>
/// <para>Nodes tell each other their tables while somebody is accused, and for a while after that, so that
/// everybody hears the end of it too: all that are connected, through others too, soon have the same table.
/// Instants are of one monotonic clock.</para>
/// <para>That a node was heard of counts longer than what it said: a node that is cut off falls silent in
/// everybody's table after a while, but whom it accused before does not have to wait for that.</para>
/// </remarks>
/// <param name="self">As in <see cref="Peer.Node"/>.</param>
/// <param name="memory">
/// So long after its last word a member counts as heard of: less than a silence lasts before it is noticed.
/// </param>
/// <param name="life">
/// So long an accusation counts that is not repeated. Whoever acts on a picture that has stood still for
/// as long has heard it twice at least: a process that wakes up for a moment accuses everyone.
/// </param>
internal sealed class Sights(string self, TimeSpan memory, TimeSpan life)
{
    private readonly Dictionary<string, (NodeSight Sight, TimeSpan HeardAt)> _sights =
        new(StringComparer.Ordinal);

    /// <summary>What a member says that was not heard of lately counts for nothing.</summary>
    private readonly TimeSpan _life = life < memory ? life : memory;

    private long _number;
    private TimeSpan? _troubledAt;

    /// <summary>This node has looked around.</summary>
    /// <returns>Whether the others should be told.</returns>
    public bool Look(IEnumerable<string> accused, TimeSpan now)
    {
        var own = new NodeSight { Node = self, Number = ++_number };
        own.Accused.Add(accused.Order(StringComparer.Ordinal));
        _sights[self] = (own, now);
        if (Fresh(now, memory).Any(s => s.Accused.Count > 0)) _troubledAt = now;
        return now - _troubledAt < memory;
    }

    /// <summary>
    /// Another node's table. A number that is known is no news, however late and by whomever it comes.
    /// </summary>
    /// <param name="isMember">Of others nothing is remembered.</param>
    public void Hear(NodeSights told, Func<string, bool> isMember, TimeSpan now)
    {
        foreach (NodeSight sight in told.Sights.Where(s => s.Node != self && isMember(s.Node)))
        {
            if (!_sights.TryGetValue(sight.Node, out var known) || known.Sight.Number < sight.Number)
                _sights[sight.Node] = (sight, now);
        }
    }

    /// <summary>The node is no member any more.</summary>
    public void Forget(string node) => _sights.Remove(node);

    /// <summary>For the others.</summary>
    public NodeSights Tell(TimeSpan now) => new() { Sights = { Fresh(now, memory) } };

    /// <param name="members">See <see cref="Picture.Members"/>.</param>
    public Picture Of(IEnumerable<Peer> members, TimeSpan now)
    {
        ImmutableArray<Peer> all = [.. members];
        HashSet<string> known = [.. all.Select(m => m.Node)];
        ImmutableHashSet<Accusation> accusations =
        [
            .. from s in Fresh(now, _life)
               where known.Contains(s.Node)
               from accused in s.Accused
               where known.Contains(accused)
               select new Accusation(s.Node, accused),
        ];
        return new Picture(
            all,
            accusations,
            [.. accusations.Select(a => a.Subject).Except(Fresh(now, memory).Select(s => s.Node))]);
    }

    private IEnumerable<NodeSight> Fresh(TimeSpan now, TimeSpan limit) =>
        _sights.Values.Where(s => now - s.HeardAt < limit).Select(s => s.Sight);
}
