using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Local;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>
/// Jobs through a whole cluster, actors, journal and messages included; only the subtasks are fake.
/// </summary>
public sealed class ClusterJobTests : IDisposable
{
    private readonly FakeRuntime _runtime = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bounded_job_takes_a_last_checkpoint_and_finishes()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), WithCheckpoints());
        await UntilRunning(cluster, job);
        _runtime.EndData(job.Value);
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal(JobState.Finished, status.State);
        Assert.Equal(1, status.CheckpointsCompleted);
        Assert.Equal(4, _runtime.Completed.Count);
        Assert.Equal(14, status.Operators.First().Sum("numRecordsIn"));
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "checkpoints", job.Value)));
        Assert.Equal(JobState.Finished, (await cluster.StatusAsync(job)).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_whose_restarts_are_used_up_fails_and_names_the_cause()
    {
        _runtime.OnDeploy = (d, l) => FailFirst(d, ErrorKind.Unavailable, "the table is locked");
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints(restarts: 3));
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal((JobState.Failed, 4, 3), (status.State, status.Attempt, status.Restarts));
        Assert.Equal("Source (1/1): the table is locked (no restart: the job has used up its 3 restarts)",
            status.Detail);
        Assert.Equal([1, 2, 3, 4], status.Exceptions.Select(e => e.Attempt));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_error_of_the_data_fails_the_job_at_once()
    {
        _runtime.OnDeploy = (d, l) => FailFirst(d, ErrorKind.Invalid, "events/3.json:17: no JSON");
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints(restarts: 3));
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal((JobState.Failed, 0), (status.State, status.Restarts));
        Assert.Equal("Source (1/1): events/3.json:17: no JSON", status.Detail);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_killed_subtask_restarts_the_job()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), WithCheckpoints());
        await UntilRunning(cluster, job);
        Assert.True(await cluster.KillRandomSubtaskAsync(job, new Random(1)));
        await UntilRunning(cluster, job, attempt: 2);
        _runtime.EndData(job.Value);
        Assert.Equal((JobState.Finished, 1), (
            (await cluster.WaitAsync(job)).State, (await cluster.StatusAsync(job)).Restarts));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_goes_on_from_its_last_checkpoint_when_its_JobManager_starts_again()
    {
        JobId job;
        await using (LocalCluster cluster = await StartAsync())
        {
            JobOptions often = WithCheckpoints();
            often = often with
            {
                Checkpoint = often.Checkpoint with
                {
                    Interval = TimeSpan.FromMilliseconds(20),
                },
            };
            job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), often);
            await Wait.ForAsync(
                async () => (await cluster.StatusAsync(job)).CheckpointsCompleted >= 2, "two checkpoints");
        }
        await using LocalCluster again = await StartAsync();
        await UntilRunning(again, job, attempt: 2);
        Assert.NotNull(_runtime.Deployed.Last().Restore);
        Assert.True(_runtime.Deployed.Last().Restore!.Checkpoint.Value >= 2);
        _runtime.EndData(job.Value);
        JobStatus status = await again.WaitAsync(job);
        Assert.Equal((JobState.Finished, 0), (status.State, status.Restarts));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_ended_job_is_still_known_after_the_JobManager_starts_again()
    {
        JobId job;
        await using (LocalCluster cluster = await StartAsync())
        {
            job = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints());
            await UntilRunning(cluster, job);
            await cluster.CancelAsync(job);
            Assert.Equal(JobState.Canceled, (await cluster.WaitAsync(job)).State);
        }
        await using LocalCluster again = await StartAsync();
        Assert.Equal(JobState.Canceled, (await again.StatusAsync(job)).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_waits_for_slots_and_says_what_it_lacks()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId first = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), WithCheckpoints());
        await UntilRunning(cluster, first);
        JobId second = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints());
        await Wait.ForAsync(
            async () =>
                (await cluster.StatusAsync(
                    second)).Detail == "needs 1 slot; the cluster has 2 slots on 1 TaskManager, 0 free",
            "the second job says that it waits");
        Assert.Equal(JobState.Created, (await cluster.StatusAsync(second)).State);
        _runtime.EndData(first.Value);
        await cluster.WaitAsync(first);
        await UntilRunning(cluster, second);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_moves_to_other_slots_when_a_TaskManager_goes(bool isOrderly)
    {
        await using LocalCluster cluster = await StartAsync(taskManagers: 3);
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(3), WithCheckpoints(restarts: 100));
        await UntilRunning(cluster, job);
        await cluster.StopTaskManagerAsync(2, isOrderly);
        await UntilRunning(cluster, job, attempt: 2);
        _runtime.EndData(job.Value);
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal(JobState.Finished, status.State);
        Assert.Contains("is gone: its TaskManager has left or died", status.Exceptions[0].Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stop_with_savepoint_ends_the_job_and_another_parallelism_starts_from_it()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints());
        await UntilRunning(cluster, job);
        string savepoint = await cluster.StopWithSavepointAsync(
            job, Path.Combine(_folder.FullName, "savepoints"));
        Assert.Equal(JobState.Finished, (await cluster.StatusAsync(job)).State);
        Assert.True(File.Exists(Path.Combine(savepoint, "_metadata")));

        JobId next = await cluster.SubmitAsync(
            TestGraphs.SourceToSink(2), WithCheckpoints(), new RestoreFrom(savepoint));
        await UntilRunning(cluster, next);
        Assert.Equal(savepoint, _runtime.Deployed.Last().Restore!.Folder);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_savepoint_that_does_not_fit_is_refused_when_the_job_is_submitted()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(), WithCheckpoints());
        await UntilRunning(cluster, job);
        string savepoint = await cluster.SavepointAsync(job, Path.Combine(_folder.FullName, "savepoints"));
        Assert.Equal(JobState.Running, (await cluster.StatusAsync(job)).State);

        var other = TestGraphs.SourceToSink(maxParallelism: 64);
        var error = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.SubmitAsync(other, null, new RestoreFrom(savepoint)));
        Assert.Contains("set max_parallelism to 128", error.Message, StringComparison.Ordinal);

        var graph = TestGraphs.SourceToSink();
        var renamed = graph with
        {
            Vertices =
            [
                graph.Vertices[0],
                graph.Vertices[1] with { Chain = [graph.Vertices[1].Chain[0] with { Uid = "x" }] },
            ],
        };
        error = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.SubmitAsync(renamed, null, new RestoreFrom(savepoint)));
        Assert.Contains("does not have: sink-2", error.Message, StringComparison.Ordinal);
        JobId allowed = await cluster.SubmitAsync(
            renamed, null, new RestoreFrom(savepoint, AllowNonRestoredState: true));
        await UntilRunning(cluster, allowed);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_job_and_a_graph_that_cannot_run_are_refused()
    {
        await using LocalCluster cluster = await StartAsync();
        var error = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.StatusAsync(new JobId("nothing")));
        Assert.Equal((ErrorKind.Invalid, "There is no job nothing."), (error.Kind, error.Message));
        error = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.SubmitAsync(TestGraphs.SourceToSink(8, maxParallelism: 4)));
        Assert.Contains("parallelism 8 of Source in job 'test-job' is not in 1..4", error.Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_running_job_of_SQL_goes_on_with_another_parallelism()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(new JobDefinition
        {
            Name = "numbers",
            Sql = """
                CREATE TABLE n (v INT) WITH ('connector' = 'datagen');
                CREATE TABLE o (v INT) WITH ('connector' = 'blackhole');
                INSERT INTO o SELECT v FROM n;
                """,
            SqlFile = "numbers.sql",
            Options = WithCheckpoints(),
        });
        await UntilRunning(cluster, job);
        await cluster.RescaleAsync(job, 2);
        await UntilRunning(cluster, job, attempt: 2);
        Assert.All(
            _runtime.Deployed.Where(d => d.Id.Attempt == 2),
            d => Assert.Equal(
                (2, 1L), (d.Graph.Vertices[d.Id.Vertex].Parallelism, d.Restore!.Checkpoint.Value)));
        var error = await Assert.ThrowsAsync<MillraceException>(() => cluster.RescaleAsync(job, 200));
        Assert.Contains("is not in 1..128 (max_parallelism)", error.Message, StringComparison.Ordinal);
        JobStatus status = await cluster.StatusAsync(job);
        Assert.Equal((2, 0), (status.Attempt, status.Restarts));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_that_needs_a_larger_JobManager_is_refused()
    {
        await using LocalCluster cluster = await StartAsync();
        JobOptions huge = WithCheckpoints() with
        {
            Resources = new ResourceOptions { JobManagerMemoryBytes = 1L << 50 },
        };
        var error = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.SubmitAsync(TestGraphs.SourceToSink(), huge));
        Assert.StartsWith(
            "Job 'test-job' needs a JobManager with at least 1048576 GiB memory (resources.jobmanager); "
            + "this one offers",
            error.Message, StringComparison.Ordinal);
    }

    private static JobOptions WithCheckpoints(int restarts = 10) => new()
    {
        Restart = new RestartOptions { Attempts = restarts, Delay = TimeSpan.FromMilliseconds(5) },
        Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromHours(1) },
    };

    private Task<LocalCluster> StartAsync(int taskManagers = 1) =>
        LocalCluster.StartAsync(new LocalClusterOptions
        {
            TaskManagers = taskManagers,
            SlotsPerTaskManager = 2,
            DataFolder = _folder.FullName,
            Executor = _runtime.NewExecutor,
        });

    private static Task UntilRunning(LocalCluster cluster, JobId job, int attempt = 1)
    {
        JobStatus? status = null;
        return Wait.ForAsync(
            async () =>
            {
                status = await cluster.StatusAsync(job);
                return status.State == JobState.Running && status.Attempt == attempt;
            },
            () => $"attempt {attempt} runs; attempt {status?.Attempt} is {status?.State} after "
                + $"'{(status?.Exceptions is [.., { } last] ? last.Message : "no failure")}'");
    }

    private void FailFirst(SubtaskDescriptor descriptor, ErrorKind kind, string message)
    {
        if (descriptor.Id.Vertex == 0) _runtime.Fail(descriptor.Id, kind, message);
    }
}
