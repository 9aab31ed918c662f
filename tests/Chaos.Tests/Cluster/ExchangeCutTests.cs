using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

public sealed class ExchangeCutTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_connection_of_records_that_breaks_fails_the_attempt_with_both_addresses()
    {
        await using var cluster = new ChaosCluster();
        (_, ChaosNode[] working) = await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        Assert.NotEqual(0, working[0].Runtime!.Relay.Reset());
        JobReport after = await job.UntilGoneOnAsync(before);
        ExceptionReport first = after.Exceptions[0];
        Assert.All(
            working, n => Assert.Contains(n.Runtime!.DataAddress, first.Message, StringComparison.Ordinal));
        Assert.Equal(1, after.Restarts);
        await job.UntilFinishedAsync();
    }
}
