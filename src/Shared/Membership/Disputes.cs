using System.Collections.Immutable;
using System.Numerics;

namespace Millrace.Shared.Membership;

/// <summary>
/// Of members that accuse each other, keeps the most that do not: a heaviest independent set of the graph
/// whose edges are the accusations, by branch and bound. A member weighs more than all of lesser rank
/// together: first that it votes, then that it is one more, then that it is a JobManager, then that it is
/// older than another one.
/// </summary>
internal sealed class Disputes
{
    /// <summary>
    /// Steps of the search. Real pictures (one starved process, a cut link, a cut) take a few; one that takes
    /// more is nothing that somebody should be removed for.
    /// </summary>
    private const int MaxSteps = 1_000;

    private readonly HashSet<int>[] _opponents;
    private readonly BigInteger[] _weights;
    private ImmutableList<int> _best = [];
    private BigInteger _bestWeight = BigInteger.MinusOne;
    private int _steps;

    private Disputes(IReadOnlyList<Peer> members, HashSet<int>[] opponents)
    {
        _opponents = opponents;
        _weights = [.. members.Select((m, age) => Weight(m, age, members.Count))];
    }

    /// <summary>The members that go; none when the search took too long.</summary>
    /// <param name="members">The oldest first.</param>
    /// <param name="accusations">Those of others are passed over.</param>
    public static ImmutableHashSet<string> WhoGoes(
        IReadOnlyList<Peer> members, IEnumerable<Accusation> accusations)
    {
        HashSet<string> known = [.. members.Select(m => m.Node)];
        List<Accusation> among =
        [
            .. accusations.Where(
                a => a.Observer != a.Subject && known.Contains(a.Observer) && known.Contains(a.Subject)),
        ];
        HashSet<string> parties = [.. among.SelectMany(a => new[] { a.Observer, a.Subject })];
        List<Peer> disputed = [.. members.Where(m => parties.Contains(m.Node))];
        Dictionary<string, int> ages =
            disputed.Select((m, age) => (m.Node, age)).ToDictionary(m => m.Node, m => m.age);
        HashSet<int>[] opponents = [.. disputed.Select(_ => new HashSet<int>())];
        foreach ((string observer, string subject) in among)
        {
            opponents[ages[observer]].Add(ages[subject]);
            opponents[ages[subject]].Add(ages[observer]);
        }
        var disputes = new Disputes(disputed, opponents);
        disputes.Search([.. Enumerable.Range(0, disputed.Count)], [], BigInteger.Zero);
        if (disputes._steps > MaxSteps) return [];
        return [.. parties.Except(disputes._best.Select(kept => disputed[kept].Node))];
    }

    /// <param name="age">0: the oldest.</param>
    private static BigInteger Weight(Peer member, int age, int count)
    {
        int counterBits = BitOperations.Log2((uint)count) + 1;
        BigInteger one = BigInteger.One;
        return (one << (count - 1 - age))
            + (member.IsJobManager ? one << count : BigInteger.Zero)
            + (one << (count + counterBits))
            + (member.Votes ? one << (count + 2 * counterBits) : BigInteger.Zero);
    }

    /// <param name="open">Neither kept nor given up yet, and not accused by or of one that is kept.</param>
    private void Search(ImmutableHashSet<int> open, ImmutableList<int> kept, BigInteger weight)
    {
        if (++_steps > MaxSteps || weight + Bound(open) <= _bestWeight) return;
        if (open.IsEmpty)
        {
            (_best, _bestWeight) = (kept, weight);
            return;
        }
        int most = open.MaxBy(m => (OpenOpponents(open, m), -m));
        Search(open.Remove(most).Except(_opponents[most]), kept.Add(most), weight + _weights[most]);
        if (OpenOpponents(open, most) > 0) Search(open.Remove(most), kept, weight);
    }

    private int OpenOpponents(ImmutableHashSet<int> open, int member) =>
        _opponents[member].Count(open.Contains);

    /// <summary>No more than this can be kept: of two that accuse each other one goes.</summary>
    private BigInteger Bound(ImmutableHashSet<int> open)
    {
        BigInteger bound = BigInteger.Zero;
        HashSet<int> left = [.. open];
        foreach (int member in open.Order())
        {
            if (!left.Remove(member)) continue;
            bound += _weights[member];
            int opponent = _opponents[member].Where(left.Contains).DefaultIfEmpty(-1).Max();
            if (opponent < 0) continue;
            left.Remove(opponent);
            bound += _weights[opponent] - BigInteger.Min(_weights[member], _weights[opponent]);
        }
        return bound;
    }
}
