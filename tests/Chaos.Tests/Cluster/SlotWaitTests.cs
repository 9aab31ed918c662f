using Millrace.JobManager.Configuration;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>A cluster without enough slots for a job.</summary>
public sealed class SlotWaitTests
{
    [Fact(Timeout = 180_000)]
    public async Task A_job_that_gets_no_slots_in_time_fails_by_its_strategy_and_says_what_it_lacks()
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 1);
        ChaosJob job = cluster.NewJob();
        await job.SubmitAsync(parallelism: 2, WaitingFor(TimeSpan.FromMilliseconds(300), restarts: 2));
        JobReport report = await job.UntilEndAsync(JobStateCode.JobFailed);
        Assert.Equal(3, report.Exceptions.Count);
        Assert.All(report.Exceptions, e => Assert.Equal(
            "No slots came within 0.3 s (runtime.slot_timeout): the job needs 2 slots; "
            + "the cluster has 1 slot on 1 TaskManager, 1 free.", e.Message));
        Assert.Contains("the job has used up its 2 restarts", report.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_job_that_has_waited_in_vain_goes_on_when_another_TaskManager_comes()
    {
        await using var cluster = new ChaosCluster();
        (_, ChaosNode[] working) = await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(
            parallelism: 2, WaitingFor(TimeSpan.FromMilliseconds(300), restarts: int.MaxValue));
        await working[0].KillAsync();
        await job.UntilAsync(
            r => r.Exceptions.Any(e => e.Message.StartsWith("No slots came", StringComparison.Ordinal)),
            "the job has waited in vain");
        await cluster.AddTaskManagerAsync();
        JobReport after = await job.UntilGoneOnAsync(before);
        // The lost TaskManager, and at least one wait.
        Assert.InRange(after.Restarts, 2, int.MaxValue);
        await job.UntilFinishedAsync();
    }

    private static JobOptions WaitingFor(TimeSpan slots, int restarts) => new()
    {
        SlotTimeout = slots,
        Restart = new RestartOptions { Attempts = restarts, Delay = TimeSpan.FromMilliseconds(50) },
        Checkpoint = new CheckpointOptions
        {
            Interval = TimeSpan.FromMilliseconds(200),
            TolerableFailures = 100,
        },
    };
}
