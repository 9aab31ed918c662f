using Akka.Actor;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

public sealed class TwoLeadersTests
{
    private const string Leader = "/user/jobmanager/jobmanager/leader";
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The larger side of a cut goes on at once; the smaller one, which has the job, is slow to find out.
    /// </summary>
    [Fact(Timeout = 180_000)]
    public async Task Of_two_JobManagers_that_lead_at_a_time_the_one_whose_write_conflicts_stops()
    {
        await using var cluster = new ChaosCluster
        {
            Downing = new DowningOptions { StableAfter = TimeSpan.FromMinutes(2) },
        };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 1);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 1);
        cluster.Downing = new DowningOptions();
        ChaosNode standby = await cluster.AddJobManagerAsync();
        ChaosNode[] others = [await cluster.AddTaskManagerAsync(), await cluster.AddTaskManagerAsync()];
        await cluster.UntilSlotsAsync(3);
        await cluster.UntilAgreedAsync();
        IActorRef leader = await leading[0].System.ActorSelection(Leader).ResolveOne(ResolveTimeout);
        Task<bool> stopped = leader.WatchAsync();

        FaultyLinks.Cut([leading[0], working[0]], [standby, .. others]);
        await ChaosCluster.UntilAsync(() => stopped.IsCompleted, "the first leader's write conflicts");
        Assert.True(leading[0].IsAlive);
        IActorRef next = await standby.System.ActorSelection(Leader).ResolveOne(ResolveTimeout);
        Assert.False(next.IsNobody());

        FaultyLinks.Mend([leading[0], working[0]], [standby, .. others]);
        await ChaosCluster.UntilEndedAsync(leading[0]);
        await ChaosCluster.UntilEndedAsync(working[0]);
        await job.UntilGoneOnAsync(before);
        await job.UntilFinishedAsync();
    }
}
