using System.Text.Json;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Status;
using Millrace.LocalCluster.Tests.EdNetModel;
using Xunit;

namespace Millrace.Local.Tests;

/// <summary>
/// A job that writes the numbers 1..<see cref="Rows"/> to files, in a folder of its own; each subtask of it
/// is a region.
/// </summary>
internal sealed class FileSinkJob : IDisposable
{
    public const int Rows = 120_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public string Data => _folder.File("data");

    public string Savepoints => _folder.File("savepoints");

    private string Out => _folder.File("out");

    public Task<LocalCluster> StartAsync(int taskManagers = 1) => LocalCluster.StartAsync(
        new LocalClusterOptions { TaskManagers = taskManagers, SlotsPerTaskManager = 3, DataFolder = Data });

    /// <param name="interval">Of checkpoints; null: none.</param>
    public JobDefinition Definition(int parallelism, TimeSpan? interval) => new()
    {
        Name = "numbers",
        Parallelism = parallelism,
        Options = new JobOptions
        {
            Restart = new RestartOptions { Attempts = 1000, Delay = TimeSpan.FromMilliseconds(10) },
            Checkpoint = new CheckpointOptions { Interval = interval },
        },
        SqlFile = "numbers.sql",
        Sql = $"""
            CREATE TABLE numbers (id BIGINT) WITH (
                'connector' = 'datagen', 'rows-per-second' = '60000',
                'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '{Rows}');
            CREATE TABLE files (id BIGINT, square BIGINT) WITH (
                'connector' = 'filesystem', 'path' = '{Out}', 'format' = 'json');
            INSERT INTO files SELECT id, id * id FROM numbers;
            """,
    };

    /// <summary>The numbers that a reader of the folder sees now.</summary>
    public List<int> Visible() => !Directory.Exists(Out) ? [] :
    [
        .. Directory.GetFiles(Out).Where(f => Path.GetFileName(f)[0] != '.').SelectMany(File.ReadLines)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32()),
    ];

    /// <summary>Waits for so many checkpoints, or for the end of the job.</summary>
    public static async Task<JobStatus> CheckpointsAsync(LocalCluster cluster, JobId job, long count)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            JobStatus status = await cluster.StatusAsync(job, limit.Token);
            if (status.CheckpointsCompleted >= count || status.HasEnded) return status;
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Every number is there, once, and nothing else.</summary>
    public void AssertExact()
    {
        Assert.Equal(Enumerable.Range(1, Rows), Visible().Order());
        AssertNothingHidden();
    }

    public void AssertNothingHidden() => Assert.Empty(Directory.GetFiles(Out, ".*"));

    public void Dispose() => _folder.Dispose();
}
