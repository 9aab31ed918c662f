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
        _pool.Request(Job("large"), 2, 3);
        Assert.Empty(_pool.GrantWaiting());
        Assert.Equal(
            "waits for 1 slots: 2 of 2 are free, 1 jobs wait before it", _pool.DescribeWait(Job("small")));
        Register("b:1", 2);
        Assert.Equal([Job("large"), Job("small")], _pool.GrantWaiting().Select(g => g.Job));
    }

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

    private void Register(string node, int slots) => _pool.Register(
        node, [.. Enumerable.Range(
            0, slots).Select(i => new Slot($"{node}/{i}", node, CreateTestProbe().Ref))]);
}
