using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.Remote.Transport;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Nodes that fall silent: nothing arrives any more, but nothing refuses either.</summary>
public sealed class PartitionTests
{
    private static readonly DowningOptions Quick = new()
    {
        AcceptablePause = TimeSpan.FromSeconds(1),
        StableAfter = TimeSpan.FromMilliseconds(500),
    };

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_JobManager_and_a_TaskManager_the_JobManager_goes_on(bool isJobManagerOlder)
    {
        await using TestNode first = await TestNode.StartAsync(Cuttable(TestNode.JobManager()));
        await first.UntilMembersAsync(1);
        await using TestNode worker = await TestNode.StartAsync(Cuttable(TestNode.TaskManager(first.Name)));
        await worker.UntilMembersAsync(2);
        TestNode leader = first;
        if (!isJobManagerOlder)
        {
            leader = await TestNode.StartAsync(Cuttable(TestNode.JobManager(worker.Name)));
            await leader.UntilMembersAsync(3);
            await first.DisposeAsync();
            foreach (TestNode node in new[] { leader, worker }) await node.UntilMembersAsync(2);
        }
        await Cut([leader], [worker]);
        Assert.Equal(3, (await worker.Ended).ExitCode);
        await Wait.ForAsync(() => leader.Cluster.State.Members.Count == 1, "the TaskManager is removed");
        Assert.False(leader.Ended.IsCompleted);
        if (!isJobManagerOlder) await leader.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_three_the_two_that_see_each_other_go_on_even_without_the_oldest()
    {
        await using TestNode oldest = await TestNode.StartAsync(Cuttable(TestNode.JobManager()));
        await oldest.UntilMembersAsync(1);
        await using TestNode standby = await TestNode.StartAsync(Cuttable(TestNode.JobManager(oldest.Name)));
        await using TestNode worker = await TestNode.StartAsync(Cuttable(TestNode.TaskManager(oldest.Name)));
        foreach (TestNode node in new[] { oldest, standby, worker }) await node.UntilMembersAsync(3);
        await Cut([oldest], [standby, worker]);
        NodeEnd end = await oldest.Ended;
        Assert.Equal((NodeEndReason.Removed, 3), (end.Reason, end.ExitCode));
        foreach (TestNode node in new[] { standby, worker })
            await Wait.ForAsync(() => node.Cluster.State.Members.Count == 2, "the oldest is removed");
        Assert.False(standby.Ended.IsCompleted || worker.Ended.IsCompleted);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cut_link_between_two_of_four_costs_the_younger_one_of_them()
    {
        await using TestNode leader = await TestNode.StartAsync(Cuttable(TestNode.JobManager()));
        await leader.UntilMembersAsync(1);
        var workers = new List<TestNode>();
        for (int i = 1; i <= 3; i++)
        {
            workers.Add(await TestNode.StartAsync(Cuttable(TestNode.TaskManager(leader.Name))));
            await leader.UntilMembersAsync(1 + i);
        }
        foreach (TestNode node in workers) await node.UntilMembersAsync(4);
        await Cut([workers[1]], [workers[2]]);
        Assert.Equal(3, (await workers[2].Ended).ExitCode);
        foreach (TestNode node in new[] { leader, workers[0], workers[1] })
        {
            await Wait.ForAsync(() => node.Cluster.State.Members.Count == 3, "the younger one is removed");
            Assert.False(node.Ended.IsCompleted);
        }
        foreach (TestNode node in workers) await node.DisposeAsync();
    }

    private static NodeOptions Cuttable(NodeOptions options) => options with
    {
        Downing = Quick,
        Overrides = "akka.remote.dot-netty.tcp.applied-adapters = [\"trttl\"]",
    };

    private static async Task Cut(TestNode[] side, TestNode[] other)
    {
        foreach (TestNode a in side)
        {
            foreach (TestNode b in other)
            {
                await Cut(a, b);
                await Cut(b, a);
            }
        }
    }

    private static Task<bool> Cut(TestNode from, TestNode to)
    {
        var remoting = (IRemoteActorRefProvider)((ExtendedActorSystem)from.System).Provider;
        Address address = to.Cluster.SelfAddress;
        return remoting.Transport.ManagementCommand(new SetThrottle(
            new Address("tcp", address.System, address.Host, address.Port),
            ThrottleTransportAdapter.Direction.Both, Blackhole.Instance));
    }
}
