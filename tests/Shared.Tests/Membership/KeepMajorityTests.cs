using System.Collections.Immutable;
using FsCheck.Xunit;
using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.Shared.Tests.Membership;

public sealed class KeepMajorityTests
{
    [Property(MaxTest = 500)]
    public void Of_a_clean_cut_one_side_goes_on_and_it_is_the_one_with_the_majority(int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Peer> members = Members(random, random.Next(2, 12));
        (HashSet<string> one, HashSet<string> other) = Cut(random, members, random.Next(1, members.Length));
        bool oneGoesOn = GoesOn(members, one, other);
        Assert.NotEqual(oneGoesOn, GoesOn(members, other, one));
        if (one.Count != other.Count) Assert.Equal(one.Count > other.Count, oneGoesOn);
    }

    [Property(MaxTest = 500)]
    public void Of_equal_halves_the_one_with_more_JobManagers_goes_on_then_the_one_with_the_oldest(int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Peer> members = Members(random, 2 * random.Next(1, 6));
        (HashSet<string> one, HashSet<string> other) = Cut(random, members, members.Length / 2);
        int lead = members.Sum(m => !m.IsJobManager ? 0 : one.Contains(m.Node) ? 1 : -1);
        Assert.Equal(
            lead > 0 || (lead == 0 && one.Contains(members[0].Node)), GoesOn(members, one, other));
    }

    [Property(MaxTest = 500)]
    public void Never_do_both_sides_of_a_cut_go_on_though_one_has_just_let_somebody_in(int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Peer> before =
            SomeJoining(random, Members(random, random.Next(2, 9)));
        ImmutableArray<Peer> after =
            [.. before.Select(m => m with { Votes = m.Votes || random.Next(2) > 0 })];
        (HashSet<string> letIn, HashSet<string> other) = Cut(random, before, random.Next(1, before.Length));
        // Only a side with a member that is up can let someone in.
        if (!before.Any(m => m.Votes && letIn.Contains(m.Node))) after = before;
        Assert.False(GoesOn(after, letIn, other) && GoesOn(before, other, letIn));
    }

    [Property(MaxTest = 500)]
    public void Of_members_that_accuse_each_other_the_fewest_go_and_never_half(int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Peer> members = Members(random, random.Next(2, 9));
        ImmutableHashSet<Accusation> accusations = Accusations(random, members);
        ImmutableHashSet<string> gone = KeepMajority.WhoGoes(new Picture(members, accusations, []));

        int fewest = Subsets(members).Where(s => Settles(s, accusations)).Min(s => s.Count);
        if (gone.IsEmpty)
        {
            Assert.True(fewest == 0 || 2 * fewest >= members.Length, $"{fewest} had to go");
            return;
        }
        Assert.True(Settles(gone, accusations));
        Assert.Equal(fewest, gone.Count);
        Assert.True(2 * gone.Count <= members.Length);
    }

    [Property(MaxTest = 200)]
    public void A_member_that_is_joining_goes_before_one_that_counts(int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Peer> members =
            SomeJoining(random, Members(random, random.Next(3, 9)));
        ImmutableHashSet<Accusation> accusations = Accusations(random, members);
        ImmutableHashSet<string> gone = KeepMajority.WhoGoes(new Picture(members, accusations, []));
        if (gone.IsEmpty) return;
        HashSet<string> voters = [.. members.Where(m => m.Votes).Select(m => m.Node)];
        var fewest = Subsets(members).Where(s => Settles(s, accusations))
            .Min(s => (s.Count(voters.Contains), s.Count));
        Assert.Equal(fewest, (gone.Count(voters.Contains), gone.Count));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(40)]
    public void A_starved_node_that_accuses_all_others_goes_itself_whether_they_accuse_it_or_not(int count)
    {
        ImmutableArray<Peer> members = Plain(count);
        foreach (string starved in new[] { members[0].Node, members[^1].Node })
        {
            ImmutableHashSet<Accusation> its =
                [.. members.Where(m => m.Node != starved).Select(m => new Accusation(starved, m.Node))];
            ImmutableHashSet<Accusation> back = [.. its.Select(a => new Accusation(a.Subject, a.Observer))];
            Assert.Equal([starved], KeepMajority.WhoGoes(new Picture(members, its, [])));
            Assert.Equal([starved], KeepMajority.WhoGoes(new Picture(members, its.Union(back), [])));
        }
    }

    [Theory]
    [InlineData(30, 20)]
    [InlineData(20, 30)]
    [InlineData(25, 25)]
    public void Of_a_large_cut_that_is_open_in_one_direction_the_same_side_goes_as_of_a_closed_one(
        int older, int younger)
    {
        ImmutableArray<Peer> members = Plain(older + younger);
        HashSet<string> one = [.. members.Take(older).Select(m => m.Node)];
        HashSet<string> other = [.. members.Skip(older).Select(m => m.Node)];
        ImmutableHashSet<Accusation> all =
            [.. from a in one from b in other from back in new[] { false, true }
                select back ? new Accusation(b, a) : new Accusation(a, b)];
        bool oneGoesOn = GoesOn(members, one, other);
        Assert.Equal(oneGoesOn ? other : one, [.. KeepMajority.WhoGoes(new Picture(members, all, []))]);
    }

    [Fact]
    public void Where_everybody_is_starved_and_accuses_everybody_nobody_goes()
    {
        ImmutableArray<Peer> members = Plain(5);
        ImmutableHashSet<Accusation> all =
        [
            .. from a in members from b in members where a != b select new Accusation(a.Node, b.Node),
        ];
        Assert.Empty(KeepMajority.WhoGoes(new Picture(members, all, [])));
    }

    [Fact]
    public void Two_starved_nodes_of_five_go_and_the_three_that_hear_each_other_stay()
    {
        ImmutableArray<Peer> members = Plain(5);
        ImmutableHashSet<Accusation> accusations =
        [
            .. from a in new[] { "n1", "n3" }
               from b in members
               where a != b.Node
               select new Accusation(a, b.Node),
        ];
        Assert.Equal(["n1", "n3"], KeepMajority.WhoGoes(new Picture(members, accusations, [])).Order());
    }

    [Fact]
    public void Of_the_two_ends_of_a_cut_link_the_JobManager_stays_of_two_alike_the_older_one()
    {
        ImmutableArray<Peer> members =
            [new("t0", false, true), new("j", true, true), new("t1", false, true), new("t2", false, true)];
        Assert.Equal(["t0"], KeepMajority.WhoGoes(new Picture(members, [new("j", "t0")], [])));
        Assert.Equal(["t2"], KeepMajority.WhoGoes(new Picture(members, [new("t2", "t1")], [])));
    }

    [Fact]
    public void Of_two_nodes_the_JobManager_goes_on_of_two_alike_the_older_one()
    {
        ImmutableArray<Peer> mixed = [new("t", false, true), new("j", true, true)];
        ImmutableArray<Peer> alike = [new("a", true, true), new("b", true, true)];
        Assert.True(GoesOn(mixed, ["j"], ["t"]));
        Assert.False(GoesOn(mixed, ["t"], ["j"]));
        Assert.True(GoesOn(alike, ["a"], ["b"]));
        Assert.False(GoesOn(alike, ["b"], ["a"]));
    }

    [Fact]
    public void Nodes_that_were_only_joining_and_fell_silent_end_nobody_else()
    {
        ImmutableArray<Peer> members =
            [new("j", true, true), .. Enumerable.Range(0, 4).Select(i => new Peer($"t{i}", false, false))];
        Assert.True(GoesOn(members, ["j"], ["t0", "t1", "t2", "t3"]));
        Assert.False(GoesOn(members, ["t0", "t1", "t2", "t3"], ["j"]));
    }

    [Fact]
    public void A_silent_node_is_removed_and_what_its_starved_neighbours_say_of_each_other_costs_no_majority()
    {
        ImmutableArray<Peer> members = Plain(5);
        ImmutableHashSet<Accusation> accusations = [new("n0", "n4"), new("n0", "n1"), new("n2", "n3")];
        Assert.Equal(["n4"], KeepMajority.WhoGoes(new Picture(members, accusations, ["n4"])));
    }

    /// <summary>Each side is silent for the other.</summary>
    private static bool GoesOn(ImmutableArray<Peer> members, HashSet<string> side, HashSet<string> other)
    {
        ImmutableHashSet<Accusation> accusations =
            [.. from a in side from b in other select new Accusation(a, b)];
        ImmutableHashSet<string> gone = KeepMajority.WhoGoes(new Picture(members, accusations, [.. other]));
        Assert.True(gone.SetEquals(other) || gone.SetEquals(side));
        return gone.SetEquals(other);
    }

    private static ImmutableArray<Peer> SomeJoining(Random random, ImmutableArray<Peer> members) =>
        [.. members.Select((m, age) => m with { Votes = age == 0 || random.Next(3) > 0 })];

    /// <param name="size">Of the first side.</param>
    private static (HashSet<string> One, HashSet<string> Other) Cut(
        Random random, ImmutableArray<Peer> members, int size)
    {
        HashSet<string> one = [.. members.OrderBy(_ => random.Next()).Take(size).Select(m => m.Node)];
        return (one, [.. members.Select(m => m.Node).Except(one)]);
    }

    private static bool Settles(IEnumerable<string> gone, IEnumerable<Accusation> accusations) =>
        accusations.All(a => gone.Contains(a.Observer) || gone.Contains(a.Subject));

    private static IEnumerable<List<string>> Subsets(ImmutableArray<Peer> members) =>
        Enumerable.Range(0, 1 << members.Length).Select(
            bits => members.Where((_, i) => (bits >> i & 1) == 1).Select(m => m.Node).ToList());

    private static ImmutableHashSet<Accusation> Accusations(Random random, ImmutableArray<Peer> members)
    {
        int likelihood = random.Next(5, 50);
        return
        [
            .. from a in members
               from b in members
               where a != b && random.Next(100) < likelihood
               select new Accusation(a.Node, b.Node),
        ];
    }

    private static ImmutableArray<Peer> Members(Random random, int count) =>
        [.. Plain(count).Select(m => m with { IsJobManager = random.Next(3) == 0 })];

    /// <summary>The oldest first.</summary>
    private static ImmutableArray<Peer> Plain(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Peer($"n{i}", i == 0, true))];
}
