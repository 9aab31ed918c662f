using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Two nodes do not hear each other while all others hear both: one of the two goes, as few as can, and the
/// job goes on.
/// </summary>
public sealed class CutLinkTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_TaskManager_that_only_the_leader_does_not_hear_goes_and_nobody_else()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 3);
        FaultyLinks.Cut(leading[0], working[0]);
        await ChaosCluster.UntilEndedAsync(working[0]);
        await cluster.AddTaskManagerAsync();
        await job.UntilGoneOnAsync(before);
        Assert.DoesNotContain(cluster.Nodes, n => n != working[0] && n.Ended.IsCompleted);
        await job.UntilFinishedAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_TaskManager_that_hears_nobody_but_is_heard_goes_and_none_of_those_whom_it_accuses()
    {
        await using var cluster = new ChaosCluster();
        (_, ChaosNode[] working) = await cluster.StartAsync(jobManagers: 1, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 3);
        foreach (ChaosNode other in cluster.Nodes.Where(n => n != working[2]))
            FaultyLinks.Of(other, working[2]).IsCut = true;
        await ChaosCluster.UntilEndedAsync(working[2]);
        await cluster.AddTaskManagerAsync();
        await job.UntilGoneOnAsync(before);
        Assert.DoesNotContain(cluster.Nodes, n => n != working[2] && n.Ended.IsCompleted);
        await job.UntilFinishedAsync();
    }
}
