using System.Globalization;
using Microsoft.Data.Sqlite;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Local.Tests;

/// <summary>
/// A job with state, real subtasks and an upsert sink, through kills, savepoints, restarts and damage: every
/// number is counted exactly once.
/// </summary>
public sealed class RealJobTests : IDisposable
{
    private const long Rows = 120_000;

    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_subtasks_change_nothing_of_the_result(int taskManagers)
    {
        await using LocalCluster cluster = await StartAsync(taskManagers);
        JobId job = await cluster.SubmitAsync(Counting(2));
        var random = new Random(taskManagers);
        int kills = 0;
        Task<JobStatus> end = cluster.WaitAsync(job);
        while (kills < 4 && !end.IsCompleted)
        {
            JobStatus now = await cluster.StatusAsync(job);
            bool isDue = now.CheckpointsCompleted > kills && now.Restarts == kills;
            if (isDue && await cluster.KillRandomSubtaskAsync(job, random)) kills++;
            await Task.Delay(5);
        }
        JobStatus status = await end;
        Assert.Equal(JobState.Finished, status.State);
        // The last kill may come to a job that has just finished.
        Assert.InRange(status.Restarts, Math.Max(1, kills - 1), kills);
        AssertAllCounted();
        Assert.False(Directory.Exists(_folder.File($"checkpoints/{job}")));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_job_is_stopped_with_a_savepoint_and_goes_on_at_another_parallelism()
    {
        await using LocalCluster cluster = await StartAsync();
        string? savepoint = null;
        foreach (int parallelism in (int[])[1, 3, 2])
        {
            RestoreFrom? restore = savepoint is null ? null : new RestoreFrom(savepoint);
            JobId job = await cluster.SubmitAsync(Counting(parallelism), restore);
            await UntilCheckpointsAsync(cluster, job, 1);
            if (parallelism == 2)
                Assert.Equal(JobState.Finished, (await cluster.WaitAsync(job)).State);
            else
                savepoint = await cluster.StopWithSavepointAsync(job, _folder.File("savepoints"));
        }
        AssertAllCounted();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_canceled_job_leaves_a_checkpoint_that_another_one_starts_from()
    {
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(Counting(2));
        await UntilCheckpointsAsync(cluster, job, 2);
        await cluster.CancelAsync(job);
        JobStatus canceled = await cluster.WaitAsync(job);
        Assert.Equal(JobState.Canceled, canceled.State);
        string checkpoint = Newest(job);
        JobId next = await cluster.SubmitAsync(Counting(1), new RestoreFrom(checkpoint));
        Assert.Equal(JobState.Finished, (await cluster.WaitAsync(next)).State);
        AssertAllCounted();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("_metadata")]
    [InlineData("*")]
    public async Task A_damaged_checkpoint_is_named_and_the_one_before_is_used(string what)
    {
        JobId job;
        await using (LocalCluster cluster = await StartAsync())
        {
            job = await cluster.SubmitAsync(Counting(2));
            await UntilCheckpointsAsync(cluster, job, 2);
        }
        string damaged = Newest(job);
        foreach (string file in Directory.GetFiles(
            damaged, what).Where(f => what != "*" || Path.GetFileName(f) != "_metadata"))
            Damage(file);
        await using LocalCluster again = await StartAsync();
        JobStatus status = await again.WaitAsync(job);
        Assert.Equal(JobState.Finished, status.State);
        Assert.Contains(status.Exceptions, e => e.Kind == ErrorKind.Corrupt
            && e.Message.Contains(damaged, StringComparison.Ordinal));
        AssertAllCounted();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_error_of_the_data_fails_the_job_without_a_restart()
    {
        Directory.CreateDirectory(_folder.File("in"));
        await File.WriteAllLinesAsync(_folder.File("in/0.json"), ["""{"id": 1}""", """{"id": oops}"""]);
        await using LocalCluster cluster = await StartAsync();
        JobId job = await cluster.SubmitAsync(Counting(1, $"""
            CREATE TABLE numbers (id BIGINT) WITH (
                'connector' = 'filesystem', 'path' = '{_folder.File("in")}', 'format' = 'json');
            """));
        JobStatus status = await cluster.WaitAsync(job);
        Assert.Equal((JobState.Failed, 0), (status.State, status.Restarts));
        Assert.Contains("0.json", status.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Sql_that_does_not_bind_is_refused_with_its_place()
    {
        await using LocalCluster cluster = await StartAsync();
        var error = await Assert.ThrowsAsync<MillraceException>(() => cluster.SubmitAsync(
            Counting(1) with
            {
                Sql = "CREATE TABLE t (a INT) WITH ('connector' = 'datagen');\n"
                    + "INSERT INTO t SELECT b FROM t;",
            }));
        Assert.Contains("job.sql:2:", error.Message, StringComparison.Ordinal);
        Assert.Contains("^", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_temporary_cluster_leaves_nothing_behind()
    {
        var cluster = await LocalCluster.StartAsync();
        JobId job = await cluster.SubmitAsync(Counting(1));
        Task<JobStatus> end = cluster.WaitAsync(job);
        await UntilCheckpointsAsync(cluster, job, 1);
        Assert.True(File.Exists(Path.Combine(cluster.DataFolder, "jobmanager.db")));
        await cluster.DisposeAsync();
        Assert.Equal(JobState.Suspended, (await end).State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cluster.StatusAsync(job));
        Assert.False(Directory.Exists(cluster.DataFolder));
    }

    private Task<LocalCluster> StartAsync(int taskManagers = 1) =>
        LocalCluster.StartAsync(new LocalClusterOptions
        {
            TaskManagers = taskManagers,
            SlotsPerTaskManager = 3,
            DataFolder = _folder.Path,
        });

    private JobDefinition Counting(int parallelism, string? source = null) => new()
    {
        Name = "counting",
        Parallelism = parallelism,
        Options = new JobOptions
        {
            Restart = new RestartOptions { Delay = TimeSpan.FromMilliseconds(10) },
            Checkpoint = new CheckpointOptions
            {
                Interval = TimeSpan.FromMilliseconds(50),
                Timeout = TimeSpan.FromSeconds(30),
            },
        },
        SqlFile = "job.sql",
        Sql = (source ?? $"""
            CREATE TABLE numbers (id BIGINT) WITH (
                'connector' = 'datagen', 'rows-per-second' = '60000',
                'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '{Rows}');
            """) + $"""

            CREATE TABLE counts (k INT, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH (
                'connector' = 'jdbc', 'url' = 'jdbc:sqlite:{_folder.File("out.db")}',
                'table-name' = 'counts');
            INSERT INTO counts SELECT MOD(id, 1000), COUNT(*), SUM(id) FROM numbers GROUP BY MOD(id, 1000);
            """,
    };

    private static async Task UntilCheckpointsAsync(LocalCluster cluster, JobId job, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            JobStatus status = await cluster.StatusAsync(job, limit.Token);
            Assert.False(status.HasEnded,
                $"The job is {status.State} before it had {count} checkpoints: {status.Detail}");
            if (status.CheckpointsCompleted >= count) return;
            await Task.Delay(5, limit.Token);
        }
    }

    private string Newest(JobId job) => Directory.GetDirectories(_folder.File($"checkpoints/{job}"))
        .Where(d => File.Exists(Path.Combine(d, "_metadata")))
        .MaxBy(d => int.Parse(d[(d.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture))!;

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(file, bytes);
    }

    private void AssertAllCounted()
    {
        using var database = new SqliteConnection($"Data Source={_folder.File("out.db")};Pooling=False");
        database.Open();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "SELECT COUNT(*), SUM(n), SUM(s), MIN(n), MAX(n) FROM counts";
        using SqliteDataReader row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal(
            (1000L, Rows, Rows * (Rows + 1) / 2, Rows / 1000, Rows / 1000),
            (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)));
    }
}
