using Millrace.JobManager.Configuration;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// A job that sums up <see cref="Numbers"/> until the test ends them, in a table where each record that is
/// lost, or comes twice, is seen.
/// </summary>
internal sealed class ChaosJob
{
    private readonly ChaosCluster _cluster;
    private readonly SumsTable _table;
    private IReadOnlyList<string> _retained = [];

    public ChaosJob(ChaosCluster cluster, int number, Func<string, Numbers> numbers)
    {
        _cluster = cluster;
        Id = $"{number:x32}";
        Numbers = numbers(Id);
        _table = new SumsTable(Path.Combine(cluster.Folder, "results.db"), $"sums_{number}");
    }

    public string Id { get; }

    public Numbers Numbers { get; }

    public static JobOptions Options { get; } = new()
    {
        Restart = new RestartOptions { Delay = TimeSpan.FromMilliseconds(50) },
        Checkpoint = new CheckpointOptions
        {
            Interval = TimeSpan.FromMilliseconds(200),
            Timeout = TimeSpan.FromSeconds(5),
            TolerableFailures = 100,
        },
    };

    /// <summary>The test has seen it end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Of its checkpoints.</summary>
    public string Folder => Path.Combine(_cluster.Folder, "checkpoints", Id);

    public Task SubmitAsync(int parallelism, JobOptions? options = null) => ChaosCluster.UntilAsync(
        async () => await _cluster.AskAsync(new SubmitJob
        {
            JobId = Id,
            Name = "sums",
            Sql = new SqlJob
            {
                Text = _table.Sql(Id),
                SourceName = "sums.sql",
                Parallelism = parallelism,
                MaxParallelism = 128,
            },
            Settings = JobSettingsCodec.ToMessage(options ?? Options),
        }) is JobSubmitted,
        "the job is accepted");

    /// <summary>Submits the job and waits for its first checkpoint.</summary>
    public async Task<JobReport> RunAsync(int parallelism, JobOptions? options = null)
    {
        await SubmitAsync(parallelism, options);
        return await UntilCheckpointAsync(attempt: 1, after: 0);
    }

    public async Task<JobReport?> ReportAsync() =>
        await _cluster.AskAsync(new GetJob { JobId = Id }) as JobReport;

    public async Task<JobReport> UntilAsync(Func<JobReport, bool> condition, string what)
    {
        JobReport? report = null;
        await ChaosCluster.UntilAsync(async () =>
        {
            report = await ReportAsync() ?? report;
            return report is not null && condition(report);
        }, () => $"{what}; the last report is {report}");
        return report!;
    }

    /// <summary>It runs, in whatever attempt, and has taken another checkpoint.</summary>
    public Task<JobReport> UntilNextCheckpointAsync(JobReport before) =>
        UntilCheckpointAsync(before.Attempt, LastCheckpoint(before));

    /// <summary>A later attempt runs, begun from a checkpoint, and has taken one of its own.</summary>
    public async Task<JobReport> UntilGoneOnAsync(JobReport before)
    {
        JobReport report = await UntilCheckpointAsync(before.Attempt + 1, LastCheckpoint(before));
        Assert.NotEqual(0, Numbers.RestoredRows);
        return report;
    }

    /// <summary>The numbers end, and so does the job: every record counts once.</summary>
    public async Task<JobReport> UntilFinishedAsync()
    {
        Numbers.End();
        JobReport report = await UntilEndAsync(JobStateCode.JobFinished);
        Assert.Equal(Numbers.Sums(), _table.Rows());
        return report;
    }

    /// <summary>Nothing is left of its checkpoints but what it retains.</summary>
    public async Task<JobReport> UntilEndAsync(JobStateCode state)
    {
        JobReport report = await UntilAsync(r => r.EndedAt > 0, "the job has ended");
        Assert.True(state == report.State, $"{report.State}: {report.Detail}");
        _retained = state == JobStateCode.JobFinished ? [] : [.. report.Retained.Select(c => c.Folder)];
        await ChaosCluster.UntilAsync(() => HasOnlyRetained, "the other checkpoints are removed");
        HasEnded = true;
        return report;
    }

    /// <summary>After its end.</summary>
    public bool HasOnlyRetained => _retained.Count == 0
        ? !Directory.Exists(Folder)
        : _retained.Order().SequenceEqual(Directory.EnumerateFileSystemEntries(Folder).Order());

    /// <summary>A subtask fails; the sources are vertex 0, the sums vertex 1.</summary>
    public Task FailAsync(int vertex, int subtask) => ChaosCluster.UntilAsync(
        async () => await _cluster.AskAsync(new FailSubtask
        {
            JobId = Id,
            Vertex = vertex,
            Subtask = subtask,
            Reason = "the test wants it",
        }) is RequestDone,
        "a subtask is told to fail");

    /// <summary>Where the subtask of the sources runs.</summary>
    public ChaosNode NodeOf(JobReport report, int source)
    {
        string slot = report.Vertices[0].States[source].SlotId;
        return _cluster.Nodes.Single(n => slot.StartsWith($"{n}/", StringComparison.Ordinal));
    }

    public static long LastCheckpoint(JobReport report) => report.Checkpoints
        .Where(c => c.Failure.Length == 0).Select(c => c.CheckpointId).DefaultIfEmpty().Max();

    private Task<JobReport> UntilCheckpointAsync(int attempt, long after) => UntilAsync(
        r => r.State == JobStateCode.JobRunning && r.Attempt >= attempt && LastCheckpoint(r) > after,
        $"attempt {attempt} runs and has a checkpoint after {after}");
}
