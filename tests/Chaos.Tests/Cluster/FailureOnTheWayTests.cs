using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>Something fails while something else is under way.</summary>
public sealed class FailureOnTheWayTests
{
    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_while_a_snapshot_is_written_goes_back_to_the_checkpoint_before(bool dies)
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        using FileFault held = cluster.Files.HoldWrite("source-numbers-0-");
        await held.Reached;
        if (dies) await job.NodeOf(before, source: 0).KillAsync();
        else await job.FailAsync(vertex: 1, subtask: 1);
        JobReport after = await job.UntilGoneOnAsync(before);
        held.Release();
        await job.UntilNextCheckpointAsync(after);
        await job.UntilFinishedAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_TaskManager_that_dies_while_the_others_stop_for_a_restart_holds_nothing_up()
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        ChaosNode holding = job.NodeOf(before, source: 0);
        await job.Numbers.Hold(split: 0);
        await job.FailAsync(vertex: 1, subtask: 1);
        await job.UntilAsync(r => r.State == JobStateCode.JobRestarting, "the region stops");
        await holding.KillAsync();
        await job.UntilGoneOnAsync(before);
        await job.UntilFinishedAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_TaskManager_that_dies_while_a_job_is_canceled_leaves_it_its_checkpoints()
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 3);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        ChaosNode holding = job.NodeOf(before, source: 0);
        await job.Numbers.Hold(split: 0);
        await cluster.AskAsync(new CancelJob { JobId = job.Id });
        await job.UntilAsync(r => r.State == JobStateCode.JobCancelling, "the job is being canceled");
        await holding.KillAsync();
        JobReport report = await job.UntilEndAsync(JobStateCode.JobCanceled);
        Assert.NotEmpty(report.Retained);
        Assert.Equal(before.Attempt, report.Attempt);
    }
}
