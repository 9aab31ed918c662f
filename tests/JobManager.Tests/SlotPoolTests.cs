using Akka.Actor;
using Akka.TestKit.Xunit2;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class SlotPoolTests : TestKit
{
    private readonly SlotPool _pool = new();

    [Fact]
    public void A_job_gets_all_its_slots_or_none()
    {
        Register("a:1", 3);
        _pool.Request(Job("one"), 1, 4);
        Assert.Empty(_pool.GrantWaiting());
        Assert.Equal(3, _pool.FreeCount);
        Register("b:1", 1);
        SlotGrant grant = Assert.Single(_pool.GrantWaiting());
        Assert.Equal(4, grant.Slots.Select(s => s.Id).Distinct().Count());
        Assert.Equal(0, _pool.FreeCount);
    }

    [Fact]
    public void Jobs_wait_in_the_order_of_submission_and_none_overtakes()
    {
        Register("a:1", 2);
        _pool.Request(Job("small"), 3, 1);
        _pool.Request(Job("large"), 2, 2);
        _pool.Request(Job("first"), 1, 1);
        Assert.Equal(Job("first"), Assert.Single(_pool.GrantWaiting()).Job);
        Assert.Equal(
            "needs 1 slot; the cluster has 2 slots on 1 TaskManager, 1 free; 1 job before it",
            _pool.DescribeWait(Job("small")));
        Register("b:1", 2);
        Assert.Equal([Job("large"), Job("small")], _pool.GrantWaiting().Select(g => g.Job));
    }

    [Fact]
    public void A_job_that_wants_more_than_the_cluster_has_holds_up_nobody()
    {
        Register("a:1", 2);
        _pool.Request(Job("huge"), 1, 3);
        _pool.Request(Job("small"), 2, 1);
        Assert.Equal(Job("small"), Assert.Single(_pool.GrantWaiting()).Job);
    }

    [Fact]
    public void Slots_that_an_earlier_job_cannot_use_go_to_a_later_one()
    {
        Register("a:1", 1, memoryBytes: 4L << 30);
        Register("b:1", 1, memoryBytes: 8L << 30);
        Register("c:1", 1, memoryBytes: 8L << 30);
        _pool.Request(Job("running"), 1, 1, new NodeNeeds(8L << 30, 0));
        Assert.Single(_pool.GrantWaiting());
        _pool.Request(Job("large"), 2, 2, new NodeNeeds(8L << 30, 0));
        _pool.Request(Job("small"), 3, 1);
        SlotGrant grant = Assert.Single(_pool.GrantWaiting());
        Assert.Equal((Job("small"), "a:1"), (grant.Job, grant.Slots.Single().Node));
    }

    [Theory]
    [InlineData(4096, 2, true)]
    [InlineData(3800, 2, true)]
    [InlineData(3600, 2, false)]
    [InlineData(4096, 1, false)]
    public void A_node_must_offer_what_the_job_needs_give_or_take_what_the_kernel_keeps(
        int memoryMiB, int cpus, bool qualifies)
    {
        Register("a:1", 1, (long)memoryMiB << 20, cpus);
        _pool.Request(Job("one"), 1, 1, new NodeNeeds(4L << 30, 2));
        Assert.Equal(qualifies ? 1 : 0, _pool.GrantWaiting().Count);
    }

    [Fact]
    public void A_wait_names_what_the_cluster_lacks()
    {
        Register("a:1", 2, 8L << 30, 4);
        Register("b:1", 2, 2L << 30, 4);
        _pool.Request(Job("running"), 1, 1, new NodeNeeds(4L << 30, 2));
        Assert.Single(_pool.GrantWaiting());
        _pool.Request(Job("waiting"), 2, 8, new NodeNeeds(4L << 30, 2));
        Assert.Equal(
            "needs 8 slots with at least 4 GiB memory and 2 cpus; the cluster has 4 slots on 2 TaskManagers, "
            + "2 of them qualify, 1 free",
            _pool.DescribeWait(Job("waiting")));
    }

    /// <summary>Against a model that looks at every slot in turn.</summary>
    [Fact]
    public void Random_requests_never_get_a_slot_twice_or_one_that_does_not_qualify()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var pool = new SlotPool();
            var nodes = new Dictionary<string, NodeOffer>();
            var held = new Dictionary<string, JobId>();
            for (int step = 0; step < 40; step++) Step(random, pool, nodes, held);
        }
    }

    private static void Step(
        Random random, SlotPool pool, Dictionary<string, NodeOffer> nodes, Dictionary<string, JobId> held)
    {
        int job = random.Next(6);
        string node = $"n:{random.Next(4)}";
        var needs = new NodeNeeds(random.Next(3) << 20, random.Next(3));
        switch (random.Next(5))
        {
            case 0:
                var offer = new NodeOffer(node, random.Next(3) << 20, random.Next(3));
                nodes[node] = offer;
                pool.Register(offer, [.. Enumerable.Range(0, 3).Select(i => NewSlot(node, i))]);
                break;
            case 1:
                nodes.Remove(node);
                pool.Lose(node);
                foreach (string slot in held.Keys.Where(
                    s => s.StartsWith(node, StringComparison.Ordinal)).ToList())
                    held.Remove(slot);
                break;
            case 2: Release(); pool.Release(Job($"{job}")); break;
            default: Release(); pool.Request(Job($"{job}"), job, random.Next(1, 6), needs); break;
        }
        foreach (SlotGrant grant in pool.GrantWaiting())
            foreach (Slot slot in grant.Slots)
            {
                Assert.True(nodes.ContainsKey(slot.Node));
                Assert.True(held.TryAdd(slot.Id, grant.Job), $"{slot.Id} was given twice");
            }
        Assert.All(held, h => Assert.Equal(h.Value, pool.OwnerOf(h.Key)));
        Assert.Equal(nodes.Count * 3, pool.Count);
        Assert.Equal(pool.Count - held.Count, pool.FreeCount);

        void Release()
        {
            foreach (string slot in held.Where(h => h.Value == Job($"{job}")).Select(h => h.Key).ToList())
                held.Remove(slot);
        }
    }

    private static Slot NewSlot(string node, int index) => new($"{node}/{index}", node, ActorRefs.Nobody);

    [Fact]
    public void A_job_spreads_over_the_nodes()
    {
        Register("a:1", 2);
        Register("b:1", 2);
        Register("c:1", 2);
        _pool.Request(Job("one"), 1, 3);
        Assert.Equal(["a:1", "b:1", "c:1"], _pool.GrantWaiting().Single().Slots.Select(s => s.Node).Order());
    }

    [Fact]
    public void Each_slot_is_of_the_node_that_has_most_left()
    {
        var random = new Random(5);
        for (int round = 0; round < 50; round++)
        {
            var pool = new SlotPool();
            var left = new SortedDictionary<string, int>(StringComparer.Ordinal);
            for (int n = random.Next(1, 12); n > 0; n--) left[$"{n}:1"] = random.Next(1, 6);
            foreach ((string node, int slots) in left)
                pool.Register(
                    new NodeOffer(node, 1, 1),
                    [
                        .. Enumerable.Range(0, slots).Select(
                            i => new Slot($"{node}/{i}", node, ActorRefs.Nobody)),
                    ]);
            pool.Request(Job("one"), 1, random.Next(1, left.Values.Sum() + 1));
            foreach (Slot slot in pool.GrantWaiting().Single().Slots)
            {
                Assert.Equal(left.MaxBy(n => n.Value).Key, slot.Node);
                left[slot.Node]--;
            }
        }
    }

    [Fact]
    public void Slots_of_a_lost_node_are_not_given()
    {
        Register("a:1", 2);
        Register("b:1", 2);
        _pool.Lose("a:1");
        _pool.Request(Job("one"), 1, 2);
        Assert.All(_pool.GrantWaiting().Single().Slots, s => Assert.Equal("b:1", s.Node));
    }

    [Fact]
    public void Asking_again_gives_back_what_the_job_had()
    {
        Register("a:1", 2);
        _pool.Request(Job("one"), 1, 2);
        Assert.Single(_pool.GrantWaiting());
        _pool.Request(Job("one"), 1, 2);
        Assert.Equal(2, Assert.Single(_pool.GrantWaiting()).Slots.Length);
    }

    [Fact]
    public void A_slot_that_was_started_anew_is_free()
    {
        Register("a:1", 1);
        _pool.Request(Job("one"), 1, 1);
        Assert.Single(_pool.GrantWaiting());
        Register("a:1", 1);
        Assert.Null(_pool.OwnerOf("a:1/0"));
        Assert.Equal(1, _pool.FreeCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_table_sends_a_key_group_to_the_slot_that_owns_it(int slots)
    {
        Slot[] all =
            [.. Enumerable.Range(0, slots).Select(i => new Slot($"a:1/{i}", "a:1", ActorRefs.Nobody))];
        var table = new SlotTable([.. all], 128);
        for (int group = 0; group < 128; group++)
        {
            int owner = Array.IndexOf(all, table.SlotOf(group));
            Assert.True(table.RangeOf(owner).Contains(group));
            Assert.Equal(all[owner], table.SlotOf(new SubtaskKey(0, owner)));
        }
    }

    private static JobId Job(string name) => new(name);

    private void Register(
        string node, int slots, long memoryBytes = 1L << 30, int cpus = 1) => _pool.Register(
        new NodeOffer(node, memoryBytes, cpus), [.. Enumerable.Range(
            0, slots).Select(i => new Slot($"{node}/{i}", node, CreateTestProbe().Ref))]);
}
