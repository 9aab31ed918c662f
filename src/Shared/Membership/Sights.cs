using System.Collections.Immutable;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Membership;

/// <summary>
/// What this node knows of who hears whom: its own look around, and what others have told of theirs and of
/// third ones'. Akka keeps such a table too and shows its union only; who accuses whom is not public.
/// </summary>
/// <remarks>
/// Nodes tell each other their tables while somebody is accused, so all that are connected, through others
/// too, soon have the same one. A sight counts for a while after its last number has come, and so a node that
/// is cut off falls silent in everybody's table. Instants are of one monotonic clock.
/// </remarks>
/// <param name="self">As in <see cref="Peer.Node"/>.</param>
/// <param name="memory">
/// So long after its last word a member counts as heard of: less than a silence lasts before it is noticed.
/// </param>
internal sealed class Sights(string self, TimeSpan memory)
{
    private readonly Dictionary<string, (NodeSight Sight, TimeSpan HeardAt)> _sights =
        new(StringComparer.Ordinal);

    private long _number;

    /// <summary>This node has looked around.</summary>
    public void Look(IEnumerable<string> accused, TimeSpan now)
    {
        var own = new NodeSight { Node = self, Number = ++_number };
        own.Accused.Add(accused.Order(StringComparer.Ordinal));
        _sights[self] = (own, now);
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
    public NodeSights Tell(TimeSpan now) => new() { Sights = { Fresh(now) } };

    /// <summary>Whether someone is accused, as far as is known here.</summary>
    public bool AreTroubled(TimeSpan now) => Fresh(now).Any(s => s.Accused.Count > 0);

    /// <param name="members">See <see cref="Picture.Members"/>.</param>
    public Picture Of(IEnumerable<Peer> members, TimeSpan now)
    {
        ImmutableArray<Peer> all = [.. members];
        HashSet<string> known = [.. all.Select(m => m.Node)];
        List<NodeSight> heard = [.. Fresh(now).Where(s => known.Contains(s.Node))];
        ImmutableHashSet<Accusation> accusations =
        [
            .. from s in heard from a in s.Accused where known.Contains(a) select new Accusation(s.Node, a),
        ];
        return new Picture(
            all,
            accusations,
            [.. accusations.Select(a => a.Subject).Except(heard.Select(s => s.Node))]);
    }

    private IEnumerable<NodeSight> Fresh(TimeSpan now) =>
        _sights.Values.Where(s => now - s.HeardAt < memory).Select(s => s.Sight);
}
