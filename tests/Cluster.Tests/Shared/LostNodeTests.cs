using System.Text.Json.Nodes;
using Millrace.Processes;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>Nodes that go, or seem to go, while a job runs.</summary>
[Collection(SharedClusterGroup.Name)]
public sealed class LostNodeTests(SharedCluster shared)
{
    private const int MostTries = 30;

    [Fact]
    public async Task A_leading_JobManager_leaves_with_code_0_and_its_job_goes_on()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "left-by-its-leader");
        await job.StartAsync();
        await LeaveAsync(cluster, await cluster.LeaderAsync());
        await job.FlowsAsync();
        await job.StopAsync();
    }

    [Fact]
    public async Task A_TaskManager_leaves_with_code_0_and_its_job_goes_on_without_it()
    {
        TestCluster cluster = await shared.WholeAsync();
        // On both TaskManagers.
        var job = new CountingJob(cluster, "left-by-a-worker");
        await job.StartAsync();
        int attempt = (await job.LookAsync())!.Attempt;
        await LeaveAsync(cluster, cluster.Of(ProcessRole.TaskManager)[0]);
        await job.RunsAsync(attempt);
        await job.FlowsAsync();
        await job.StopAsync();
    }

    [Fact]
    public async Task A_leading_JobManager_that_falls_silent_is_followed_and_ends_itself_with_code_3()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "led-in-silence");
        await job.StartAsync();
        int attempt = (await job.LookAsync())!.Attempt;
        NodeProcess leader = await cluster.LeaderAsync();
        using ProcessEnd end = ProcessEnd.Of(leader);
        Signals.SendStop(leader);
        await job.RunsAsync(attempt);
        await job.FlowsAsync();
        Assert.NotEqual(leader.Pid, (await cluster.LeaderAsync()).Pid);
        Signals.SendContinue(leader);
        Assert.Equal(3, await end.CodeAsync());
        Assert.EndsWith(
            "has gone on without this node.", File.ReadAllText(leader.Log).Trim(),
            StringComparison.Ordinal);
        await job.FlowsAsync();
        await job.StopAsync();
    }

    [Fact]
    public async Task A_JobManager_on_the_address_of_the_first_seed_joins_those_that_live()
    {
        TestCluster cluster = await shared.WholeAsync();
        NodeProcess leader = await cluster.LeaderAsync();
        string address = leader.AddressOf("remoting");
        string id = cluster.Id;
        string others = string.Join(
            ',',
            cluster.Cluster.Processes.Where(p => p.Pid != leader.Pid).Select(p => p.AddressOf("remoting")));
        Signals.SendKill(leader);
        await Wait.ForAsync(() => !leader.IsAlive, "the first seed is dead");
        await StartOnPortAsync(
            cluster, $"--node.port={leader.Ports["remoting"]}", "--commands.port=0",
            $"--cluster.seeds={address},{others}",
            $"--journal.url=jdbc:sqlite:{Path.Combine(cluster.Folder, "journal", "jobs.db")}");
        Assert.Equal(id, cluster.Id);
        // Each of them sees all.
        foreach (NodeProcess jobManager in cluster.Of(ProcessRole.JobManager))
            await cluster.MembersAsync(new PbmCalls(() => [jobManager.AddressOf("command")], cluster.Folder));
    }

    /// <summary>A JobManager on a port that may be an end of some other test's connection for a while.</summary>
    private static async Task StartOnPortAsync(TestCluster cluster, params string[] options)
    {
        for (int tries = 1; ; tries++)
        {
            NodeProcess started = cluster.Launch(ProcessRole.JobManager, options);
            try
            {
                await cluster.Cluster.ReadyAsync(started);
                return;
            }
            catch (MillraceException e) when (tries < MostTries
                && e.Message.Contains("in use", StringComparison.Ordinal))
            {
                // Once more.
            }
        }
    }

    private static async Task LeaveAsync(TestCluster cluster, NodeProcess node)
    {
        using ProcessEnd end = ProcessEnd.Of(node);
        PbmAnswer left = await cluster.Pbm.CallAsync(
            "cluster", "leave", node.AddressOf("remoting"), "--output", "json");
        Assert.True(left.ExitCode == 0, $"{left}\n{cluster.Logs()}");
        Assert.Equal("REMOVED", (string)JsonNode.Parse(left.Output)!["state"]!);
        Assert.Equal(0, await end.CodeAsync());
    }
}
