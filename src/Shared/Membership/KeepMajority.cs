using System.Collections.Immutable;

namespace Millrace.Shared.Membership;

/// <summary>
/// Who has to go so that the members which stay all hear each other: the strategy keep-majority.
/// </summary>
/// <remarks>
/// <para>While one member does not hear another one, gossip does not converge: nobody comes in, nobody
/// leaves. So of each two, one has to go. Nobody can know whose fault it is: a starved process accuses
/// everyone, and a cut link makes both its ends accuse. The rule is to lose as few as possible, and never
/// those who outweigh the rest.</para>
/// <para>First the silent ones: members that are accused and that nobody has heard of. They may be alive on
/// the other side of a cut and decide the same about this side. The side with more members stays; of equal
/// sides the one with more JobManagers, then the one with the oldest member. So of two nodes the JobManager
/// goes on, of two alike the older one. What a silent member had said counts for nothing.</para>
/// <para>Then the disputes among those that are still heard of: who goes is a smallest set of them that has a
/// part in every accusation (<see cref="Disputes"/>). A starved process that accuses all others is such a set
/// by itself; of a single cut link it is one of the ends; of a cut that is open in one direction it is the
/// smaller side, the same as the other side finds. If those who would stay do not outweigh those who would
/// go, nearly everybody is starved: nobody goes, the accusations will pass.</para>
/// <para>Votes are those of members that are Up or leaving. In the moment of a cut the other side may have
/// let in someone who is still joining here; those there count for them, or both sides could go on.</para>
/// </remarks>
internal static class KeepMajority
{
    /// <summary>The members that go; the same for all who have the same picture.</summary>
    /// <returns>All but the silent ones, the reader too, where those are the larger side.</returns>
    public static ImmutableHashSet<string> WhoGoes(Picture picture)
    {
        List<Peer> silent = [.. picture.Members.Where(m => picture.Silent.Contains(m.Node))];
        List<Peer> near = [.. picture.Members.Except(silent)];
        bool maySilentHaveLetIn = silent.Any(m => m.Votes);
        if (!Outweighs(picture, near, [.. silent.Where(m => m.Votes || maySilentHaveLetIn)]))
            return [.. near.Select(m => m.Node)];
        ImmutableHashSet<string> gone = picture.Silent.Union(Disputes.WhoGoes(near, picture.Accusations));
        ILookup<bool, Peer> voters = picture.Members.Where(m => m.Votes).ToLookup(m => gone.Contains(m.Node));
        return Outweighs(picture, [.. voters[false]], [.. voters[true]]) ? gone : picture.Silent;
    }

    /// <summary>Whether the voters among some come before the others.</summary>
    private static bool Outweighs(Picture picture, IReadOnlyList<Peer> some, IReadOnlyList<Peer> others)
    {
        if (others.Count == 0) return true;
        List<Peer> voters = [.. some.Where(m => m.Votes)];
        int byCount = voters.Count.CompareTo(others.Count);
        if (byCount != 0) return byCount > 0;
        int byJobManagers = voters.Count(m => m.IsJobManager).CompareTo(others.Count(m => m.IsJobManager));
        if (byJobManagers != 0) return byJobManagers > 0;
        return voters.Contains(picture.Members.First(m => m.Votes));
    }
}
