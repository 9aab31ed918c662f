using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Local;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class ClusterJobTests
{
    private readonly FakeRuntime _runtime = new();

    [Fact]
    public async Task A_bounded_job_takes_a_last_checkpoint_and_finishes()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), WithCheckpoints());
        await WaitFor(() => _runtime.Deployed.Count == 4);
        _runtime.EndData(job.Value);
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal(JobState.Finished, status.State);
        Assert.Equal(1, status.CheckpointsCompleted);
        Assert.Equal(4, _runtime.Completed.Count);
    }

    private static JobOptions WithCheckpoints() => new()
    {
        Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromHours(1) },
    };

    private Task<LocalCluster> StartAsync() =>
        LocalCluster.StartAsync(new LocalClusterOptions { Executor = _runtime.NewExecutor, SlotsPerTaskManager = 2 });

    private static async Task WaitFor(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(10, limit.Token);
    }
}
