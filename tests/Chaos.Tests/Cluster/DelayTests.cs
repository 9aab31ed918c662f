using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>All messages and records of some links take their time.</summary>
public sealed class DelayTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_whose_messages_take_a_second_needs_no_restart(bool onAllLinks)
    {
        await using var cluster = new ChaosCluster
        {
            Lease = TimeSpan.FromSeconds(40),
            Downing = new DowningOptions { AcceptablePause = TimeSpan.FromSeconds(30) },
        };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        FaultyLinks.Slow(leading[0], working[0], Delay);
        if (onAllLinks)
        {
            FaultyLinks.Slow(leading[0], working[1], Delay);
            FaultyLinks.Slow(working[0], working[1], Delay);
        }
        ChaosJob job = cluster.NewJob();
        JobReport slow = await job.RunAsync(parallelism: 2);
        Assert.True(slow.Checkpoints[^1].DurationMs >= Delay.TotalMilliseconds, slow.ToString());
        JobReport report = await job.UntilFinishedAsync();
        Assert.Equal((1, 0), (report.Attempt, report.Restarts));
    }
}
