using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A whole cluster that ends and is started again in its folder.</summary>
public sealed class RestartTests
{
    private const int JobManagers = 2, TaskManagers = 2, Slots = 1;
    private const string Program = "Millrace.ProcessCluster.dll";

    /// <summary>So that a job that begins anew is seen to.</summary>
    private const long Enough = 1_000;

    [Fact]
    public async Task Jobs_go_on_from_their_last_checkpoint_after_a_stop_and_after_a_kill_of_everything()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync(JobManagers, TaskManagers, Slots);
        string id = cluster.Id;
        var job = new CountingJob(cluster, "started-again");
        await job.StartAsync();
        long counted = await CountedAsync(job);

        ProgramRun stopped = await ProgramRun.OfAsync(Program, "stop", "--dir", cluster.Folder);
        Assert.Equal((0, "Stopped.\n"), (stopped.ExitCode, stopped.Output));
        Assert.Empty(cluster.Cluster.Processes);
        // Whoever ends in order says nothing beside its log.
        Assert.All(
            Directory.GetFiles(Path.Combine(cluster.Folder, "logs")).SelectMany(File.ReadLines),
            line => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ \w+: ", line));
        await GoesOnAsync(cluster, job, counted, id);

        counted = await CountedAsync(job);
        IReadOnlyList<NodeProcess> killed = cluster.Cluster.Processes;
        foreach (NodeProcess process in killed) Signals.SendKill(process);
        await Wait.ForAsync(() => !killed.Any(p => p.IsAlive), "everything is dead");
        await GoesOnAsync(cluster, job, counted, id);

        await job.StopAsync();
        await cluster.StopAsync();
    }

    /// <returns>Numbers that are in a checkpoint by now.</returns>
    private static async Task<long> CountedAsync(CountingJob job)
    {
        await Wait.ForAsync(() => job.Count() > Enough, $"{job.Name} has counted enough");
        long counted = job.Count();
        await job.CheckpointsAsync();
        return counted;
    }

    private static async Task GoesOnAsync(TestCluster cluster, CountingJob job, long counted, string id)
    {
        using var watched = new CancellationTokenSource();
        Task<long> lowest = job.LowestCountAsync(watched.Token);
        await cluster.StartAsync(JobManagers, TaskManagers, Slots);
        await job.FlowsAsync();
        await watched.CancelAsync();
        Assert.InRange(await lowest, counted, long.MaxValue);
        Assert.Equal(id, cluster.Id);
        await cluster.MembersAsync();
    }
}
