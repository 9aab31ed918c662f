using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

public sealed class LeaderLossTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_JobManager_that_is_killed_is_replaced_by_one_that_goes_on_from_the_last_checkpoint()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, _) = await cluster.StartAsync(jobManagers: 2, taskManagers: 2);
        JobReport before = await cluster.RunAsync(parallelism: 2);
        await cluster.KillAsync(leading[0]);
        await cluster.UntilGoneOnAsync(before);
        await cluster.UntilFinishedAsync();
    }
}
