using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Nodes lose sight of each other while a job runs: one part goes on from the last checkpoint, the other one
/// ends itself, and its subtasks have stopped.
/// </summary>
public sealed class PartitionTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_JobManager_cut_off_from_its_only_TaskManager_goes_on_with_the_next_one()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 1);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 1);
        FaultyLinks.Cut(leading[0], working[0]);
        await ChaosCluster.UntilEndedAsync(working[0]);
        await cluster.AddTaskManagerAsync();
        await job.UntilGoneOnAsync(before);
        await job.UntilFinishedAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_leader_cut_off_alone_ends_itself_and_the_other_JobManager_goes_on()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 1);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 1);
        FaultyLinks.Cut([leading[0]], [leading[1], working[0]]);
        await ChaosCluster.UntilEndedAsync(leading[0]);
        await job.UntilGoneOnAsync(before);
        await job.UntilFinishedAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_minority_with_the_leader_ends_itself_and_its_subtasks_stop()
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        FaultyLinks.Cut([leading[0], working[0]], [leading[1], working[1], working[2]]);
        await ChaosCluster.UntilEndedAsync(leading[0]);
        await ChaosCluster.UntilEndedAsync(working[0]);
        await job.UntilGoneOnAsync(before);
        await job.UntilFinishedAsync();
    }
}
