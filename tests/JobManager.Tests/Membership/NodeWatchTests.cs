using System.Diagnostics;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Xunit;
using Xunit.Abstractions;

namespace Millrace.JobManager.Tests.Membership;

public sealed class NodeWatchTests(ITestOutputHelper output)
{
    [Fact(Timeout = 120_000)]
    public async Task A_dead_TaskManager_is_noticed_and_removed_long_before_its_silence_would_be()
    {
        await using TestNode leader = await TestNode.StartAsync(TestNode.JobManager());
        await leader.UntilMembersAsync(1);
        await using TestNode standby = await TestNode.StartAsync(TestNode.JobManager(leader.Name));
        await using TestNode worker = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        await using TestNode victim = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        foreach (TestNode node in new[] { leader, standby, worker, victim }) await node.UntilMembersAsync(4);
        string name = victim.Name;
        var watch = Stopwatch.StartNew();
        await victim.KillAsync();
        output.WriteLine($"killed after {watch.ElapsedMilliseconds}");
        await Wait.ForAsync(() => leader.Dead.Any(d => d.Node == name), "the leader knows");
        output.WriteLine($"leader knows after {watch.ElapsedMilliseconds}");
        await Wait.ForAsync(() => standby.Dead.Any(d => d.Node == name), "the standby knows");
        output.WriteLine($"standby knows after {watch.ElapsedMilliseconds}");
        await Wait.ForAsync(
            () => new[] { leader, standby, worker }.All(n => n.Cluster.State.Members.Count == 3), "it is removed");
        output.WriteLine($"removed after {watch.ElapsedMilliseconds}");
        Assert.Empty(worker.Dead);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_JobManager_that_hears_of_the_removal_first_still_learns_that_the_process_is_dead()
    {
        var probe = new SlowProbe();
        await using TestNode leader = await TestNode.StartAsync(TestNode.JobManager() with { Probe = probe });
        await leader.UntilMembersAsync(1);
        await using TestNode standby = await TestNode.StartAsync(TestNode.JobManager(leader.Name));
        await using TestNode victim = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        foreach (TestNode node in new[] { leader, standby, victim }) await node.UntilMembersAsync(3);
        string name = victim.Name;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.Until = held.Task;
        await victim.KillAsync();
        await Wait.ForAsync(() => leader.Cluster.State.Members.Count == 2, "it is removed");
        Assert.Empty(leader.Dead);
        held.SetResult();
        await Wait.ForAsync(() => leader.Dead.Any(d => d.Node == name), "the leader knows");
    }

    private sealed class SlowProbe : INodeProbe
    {
        private readonly TcpNodeProbe _probe = new();

        public Task Until { get; set; } = Task.CompletedTask;

        public async Task<ProbeResult> ProbeAsync(string host, int port, CancellationToken cancel)
        {
            await Until;
            return await _probe.ProbeAsync(host, port, cancel);
        }
    }
}
