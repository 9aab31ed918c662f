using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Xunit;

namespace Millrace.Local.Tests;

/// <summary>
/// Files that a job writes hold every row once, through kills, savepoints and lost clusters.
/// </summary>
public sealed class FileSinkJobTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly FileSinkJob _job = new();

    public void Dispose() => _job.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Killed_subtasks_change_nothing_of_the_files(int parallelism)
    {
        await using LocalCluster cluster = await _job.StartAsync(taskManagers: 2);
        JobId job = await cluster.SubmitAsync(_job.Definition(parallelism, Interval));
        var random = new Random(parallelism);
        Task<JobStatus> end = cluster.WaitAsync(job);
        for (int kills = 0; kills < 5 && !end.IsCompleted;)
        {
            JobStatus now = await FileSinkJob.CheckpointsAsync(cluster, job, kills + 1);
            if (now.Restarts == kills && await cluster.KillRandomSubtaskAsync(job, random)) kills++;
            await Task.Delay(5);
        }
        JobStatus status = await end;
        Assert.Equal(JobState.Finished, status.State);
        Assert.NotEqual(0, status.Restarts);
        _job.AssertExact();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_lost_TaskManager_changes_nothing_of_the_files()
    {
        await using LocalCluster cluster = await _job.StartAsync(taskManagers: 2);
        JobId job = await cluster.SubmitAsync(_job.Definition(3, Interval));
        await FileSinkJob.CheckpointsAsync(cluster, job, 3);
        await cluster.StopTaskManagerAsync(1, isOrderly: false);
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal(JobState.Finished, status.State);
        _job.AssertExact();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_that_has_stopped_with_a_savepoint_has_committed_and_goes_on_from_there()
    {
        await using LocalCluster cluster = await _job.StartAsync();
        RestoreFrom? restore = null;
        foreach (int parallelism in (int[])[1, 3])
        {
            JobId job = await cluster.SubmitAsync(_job.Definition(parallelism, Interval), restore);
            await FileSinkJob.CheckpointsAsync(cluster, job, 2);
            restore = new RestoreFrom(await cluster.StopWithSavepointAsync(job, _job.Savepoints));
            _job.AssertNothingHidden();
        }
        List<int> visible = _job.Visible();
        Assert.Equal(visible.Distinct().Count(), visible.Count);
        JobId last = await cluster.SubmitAsync(_job.Definition(2, Interval), restore);
        Assert.Equal(JobState.Finished, (await cluster.WaitAsync(last)).State);
        _job.AssertExact();
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_parallelism_and_savepoints_on_the_way_change_nothing_of_the_files()
    {
        await using LocalCluster cluster = await _job.StartAsync();
        JobId job = await cluster.SubmitAsync(_job.Definition(1, Interval));
        await FileSinkJob.CheckpointsAsync(cluster, job, 2);
        await cluster.SavepointAsync(job, _job.Savepoints);
        await cluster.RescaleAsync(job, 3);
        JobStatus before = await cluster.StatusAsync(job);
        await FileSinkJob.CheckpointsAsync(cluster, job, before.CheckpointsCompleted + 2);
        Assert.Equal(JobState.Finished, (await cluster.WaitAsync(job)).State);
        _job.AssertExact();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cluster_that_starts_again_goes_on_with_the_files()
    {
        JobId job;
        await using (LocalCluster cluster = await _job.StartAsync())
        {
            job = await cluster.SubmitAsync(_job.Definition(3, Interval));
            await FileSinkJob.CheckpointsAsync(cluster, job, 3);
        }
        await using LocalCluster again = await _job.StartAsync();
        Assert.Equal(JobState.Finished, (await again.WaitAsync(job)).State);
        _job.AssertExact();
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_checkpoints_nothing_is_seen_before_the_end_and_everything_once_then()
    {
        await using LocalCluster cluster = await _job.StartAsync();
        JobId job = await cluster.SubmitAsync(_job.Definition(2, interval: null));
        Task<JobStatus> end = cluster.WaitAsync(job);
        while (!end.IsCompleted && !await cluster.KillRandomSubtaskAsync(job, new Random(1)))
            await Task.Delay(5);
        List<int> visible = _job.Visible();
        if ((await cluster.StatusAsync(job)).CheckpointsCompleted == 0) Assert.Empty(visible);
        JobStatus status = await end;
        Assert.Equal((JobState.Finished, 1), (status.State, status.Restarts));
        _job.AssertExact();
    }
}
