using System.Collections.Immutable;
using FsCheck.Xunit;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Shared.Tests.Membership;

/// <summary>
/// Nodes that look around, tell each other and decide, over links that are cut in one direction or both.
/// </summary>
public sealed class SightsTests
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    [Property(MaxTest = 200)]
    public void Of_a_clean_cut_all_of_one_side_stay_and_all_of_the_other_go(int seed)
    {
        var random = new Random(seed);
        var net = new Net(random.Next(2, 8));
        int size = random.Next(1, net.Count);
        int direction = random.Next(3);
        for (int a = 0; a < size; a++)
        {
            for (int b = size; b < net.Count; b++)
            {
                if (direction != 1) net.Cut(a, b);
                if (direction != 2) net.Cut(b, a);
            }
        }
        net.Run();
        bool firstStays = size >= net.Count - size;
        foreach (int node in Enumerable.Range(0, net.Count))
            Assert.Equal(net.Names(i => i < size != firstStays), net.WhoGoes(node));
    }

    [Property(MaxTest = 200)]
    public void All_that_are_still_connected_through_others_come_to_the_same_decision(int seed)
    {
        var random = new Random(seed);
        var net = new Net(random.Next(3, 9));
        for (int i = random.Next(1, net.Count); i > 0; i--)
            net.Cut(random.Next(net.Count), random.Next(net.Count));
        if (!net.IsConnected) return;
        net.Run();
        foreach (int node in Enumerable.Range(1, net.Count - 1))
            Assert.Equal(net.WhoGoes(0), net.WhoGoes(node));
        Assert.True(2 * net.WhoGoes(0).Count <= net.Count);
    }

    [Property(MaxTest = 200)]
    public void Whatever_cables_are_cut_those_who_stay_are_connected_and_let_each_other_stay(int seed)
    {
        var random = new Random(seed);
        var net = new Net(random.Next(2, 9));
        for (int i = random.Next(1, net.Count * net.Count); i > 0; i--)
            net.CutBoth(random.Next(net.Count), random.Next(net.Count));
        net.Run();
        HashSet<string> staying = net.Names(i => !net.WhoGoes(i).Contains($"n{i}"));
        HashSet<string> gone = net.Names(i => !staying.Contains($"n{i}"));
        for (int node = 0; node < net.Count; node++)
            if (staying.Contains($"n{node}")) Assert.Equal(gone, net.WhoGoes(node));
    }

    [Fact]
    public void A_cut_link_between_two_of_five_costs_one_of_them()
    {
        var net = new Net(5);
        net.Cut(1, 3);
        net.Run();
        for (int node = 0; node < 5; node++) Assert.Equal(["n3"], net.WhoGoes(node));
    }

    [Fact]
    public void A_node_that_was_heard_while_something_else_went_on_is_silent_soon_after_it_is_cut_off()
    {
        var net = new Net(5);
        net.Cut(1, 3);
        net.Run();
        for (int other = 0; other < 4; other++) net.CutBoth(4, other);
        net.Run();
        for (int node = 0; node < 4; node++) Assert.Equal(["n3", "n4"], net.WhoGoes(node));
        Assert.Equal(["n4"], net.WhoGoes(4));
    }

    [Fact]
    public void What_a_node_said_before_it_fell_silent_never_comes_back_through_others()
    {
        var one = new Sights("a", Memory, Life);
        var other = new Sights("b", Memory, Life);
        one.Hear(Said("dead", 7, "a"), _ => true, At(0));
        other.Hear(one.Tell(At(2)), _ => true, At(2));
        for (double now = 2; now < 20; now += 0.5)
        {
            one.Hear(other.Tell(At(now)), _ => true, At(now));
            other.Hear(one.Tell(At(now)), _ => true, At(now));
        }
        Assert.Empty(one.Tell(At(20)).Sights);
        Assert.False(one.Look([], At(20)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void When_the_links_are_mended_everybody_hears_soon_that_nobody_accuses_anybody_any_more(int count)
    {
        var net = new Net(count);
        for (int node = 1; node < count; node++) net.Cut(0, node);
        net.Run();
        net.Mend();
        net.Run(seconds: 0.5);
        for (int node = 0; node < count; node++) Assert.Empty(net.PictureOf(node).Accusations);
        net.Run();
        Assert.False(net.IsTold);
    }

    [Property(MaxTest = 200)]
    public void An_accusation_that_is_not_repeated_does_not_stand_still_for_long_enough_to_act(int seed)
    {
        var random = new Random(seed);
        var sights = new Sights("n0", Memory, Life);
        var stillness = new Stillness();
        Peer[] members = [new("n0", true, true), new("n1", false, true), new("n2", false, true)];
        double told = random.NextDouble();
        bool isTold = false;
        for (double now = 0; now < 5; now += 0.05 + random.NextDouble() / 4)
        {
            if (now >= told && !isTold) sights.Hear(Said("n2", 1, "n0", "n1"), _ => true, At(now));
            isTold = now >= told;
            sights.Look([], At(now));
            Picture picture = sights.Of(members, At(now));
            TimeSpan still = stillness.Of(picture, KeepMajority.WhoGoes(picture), At(now));
            Assert.False(still >= Life && picture.Accusations.Count > 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Of_a_member_that_was_not_heard_of_lately_nothing_counts_that_it_said(double life)
    {
        var sights = new Sights("n0", Memory, At(life));
        sights.Hear(Said("n1", 1, "n0"), _ => true, At(0));
        sights.Look([], At(3));
        Assert.Empty(sights.Of([new("n0", true, true), new("n1", false, true)], At(3)).Accusations);
    }

    [Fact]
    public void What_is_said_of_no_member_or_by_none_counts_for_nothing()
    {
        var sights = new Sights("a", Memory, Life);
        sights.Look(["gone"], At(0));
        sights.Hear(Said("stranger", 1, "a"), node => node != "stranger", At(0));
        Picture picture = sights.Of([new Peer("a", true, true), new Peer("b", false, true)], At(0));
        Assert.Empty(picture.Accusations);
        Assert.Empty(picture.Silent);
    }

    private static NodeSights Said(string node, long number, params string[] accused) =>
        new() { Sights = { new NodeSight { Node = node, Number = number, Accused = { accused } } } };

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>A heartbeat needs both directions; a table needs one. The first node is the oldest.</summary>
    private sealed class Net
    {
        private readonly Sights[] _nodes;
        private readonly HashSet<(int From, int To)> _cut = [];
        private double _now;

        public Net(int count) =>
            _nodes = [.. Enumerable.Range(0, count).Select(i => new Sights($"n{i}", Memory, Life))];

        /// <summary>Whether anyone has told anything in the last round.</summary>
        public bool IsTold { get; private set; }

        public int Count => _nodes.Length;

        /// <summary>Whether what anyone says reaches everyone.</summary>
        public bool IsConnected => Enumerable.Range(0, Count).All(from => Reached(from).Count == Count);

        public void Cut(int from, int to) => _cut.Add((from, to));

        public void CutBoth(int a, int b)
        {
            Cut(a, b);
            Cut(b, a);
        }

        public void Mend() => _cut.Clear();

        /// <param name="seconds">Long enough for what was heard before to be forgotten.</param>
        public void Run(double seconds = 8)
        {
            for (double end = _now + seconds; _now < end; _now += 0.25)
            {
                IsTold = false;
                for (int node = 0; node < Count; node++)
                {
                    if (!_nodes[node].Look(Names(j => !Hears(node, j)), At(_now))) continue;
                    IsTold = true;
                    Tell(node);
                }
            }
        }

        private void Tell(int node)
        {
            for (int other = 0; other < Count; other++)
                if (other != node && !_cut.Contains((node, other)))
                    _nodes[other].Hear(_nodes[node].Tell(At(_now)), _ => true, At(_now));
        }

        public Picture PictureOf(int node) => _nodes[node].Of(Members(), At(_now - 0.25));

        public HashSet<string> WhoGoes(int node) => [.. KeepMajority.WhoGoes(PictureOf(node))];

        public HashSet<string> Names(Func<int, bool> which) =>
            [.. Enumerable.Range(0, Count).Where(which).Select(i => $"n{i}")];

        private IEnumerable<Peer> Members() =>
            Enumerable.Range(0, Count).Select(i => new Peer($"n{i}", i == 0, true));

        private bool Hears(int a, int b) => a == b || (!_cut.Contains((a, b)) && !_cut.Contains((b, a)));

        private HashSet<int> Reached(int from)
        {
            HashSet<int> reached = [from];
            for (int before = 0; before < reached.Count;)
            {
                before = reached.Count;
                foreach (int a in reached.ToList())
                    reached.UnionWith(Enumerable.Range(0, Count).Where(b => !_cut.Contains((a, b))));
            }
            return reached;
        }
    }
}
