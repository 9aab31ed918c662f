using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>Cuts that mend before anybody is removed.</summary>
public sealed class ShortCutTests
{
    private static readonly DowningOptions Patient = new() { AcceptablePause = TimeSpan.FromSeconds(60) };

    [Fact(Timeout = 180_000)]
    public async Task A_cut_that_mends_within_the_lease_restarts_nothing()
    {
        await using var cluster = new ChaosCluster { Lease = TimeSpan.FromSeconds(40), Downing = Patient };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        FaultyLink renewals = FaultyLinks.Of(working[0], leading[0]);
        int swallowed = renewals.Swallowed;
        FaultyLinks.Cut([working[0]], [leading[0], working[1]]);
        await ChaosCluster.UntilAsync(() => renewals.Swallowed >= swallowed + 10, "messages are lost");
        FaultyLinks.Mend([working[0]], [leading[0], working[1]]);
        await job.UntilNextCheckpointAsync(before);
        JobReport report = await job.UntilFinishedAsync();
        Assert.Equal((1, 0), (report.Attempt, report.Restarts));
        Assert.Equal(3, cluster.Alive.Count);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_TaskManager_whose_cut_outlasts_its_lease_has_stopped_and_comes_back_with_its_slots()
    {
        await using var cluster = new ChaosCluster { Lease = TimeSpan.FromSeconds(2), Downing = Patient };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 1);
        ChaosNode running = working.Single(n => n.Runtime!.Executor.RunningCount > 0);
        FaultyLinks.Cut(running, leading[0]);
        before = await job.UntilGoneOnAsync(before);
        await ChaosCluster.UntilAsync(
            () => running.Runtime!.Executor.RunningCount == 0, "the lease has ended its subtasks");
        FaultyLinks.Mend(running, leading[0]);
        await cluster.UntilSlotsAsync(2);
        await job.UntilNextCheckpointAsync(before);
        await job.UntilFinishedAsync();
        Assert.Equal(3, cluster.Alive.Count);
    }
}
