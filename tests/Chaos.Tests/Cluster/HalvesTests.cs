using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>No side of a cut is larger than the other.</summary>
public sealed class HalvesTests
{
    [Fact(Timeout = 180_000)]
    public async Task Of_two_equal_halves_with_a_JobManager_each_exactly_one_goes_on()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 1);
        ChaosNode[][] halves = [[leading[0], working[0]], [leading[1], working[1]]];
        FaultyLinks.Cut(halves[0], halves[1]);
        await ChaosCluster.UntilAsync(
            () => halves.Any(h => h.All(n => n.Ended.IsCompleted)), "one half ends itself");
        await cluster.UntilAgreedAsync();
        Assert.Single(halves, h => h.All(n => n.IsAlive));
        await job.UntilNextCheckpointAsync(before);
        await job.UntilFinishedAsync();
    }
}
