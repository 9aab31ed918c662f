using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Local;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>The journal's server is lost while a job runs; only the subtasks are fake.</summary>
public sealed class JournalOutageTests : IDisposable
{
    private readonly FakeRuntime _runtime = new();
    private readonly LogLines _log = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [MySqlFact(Timeout = 120_000)]
    public async Task A_job_goes_on_from_its_last_checkpoint_when_the_server_is_back()
    {
        using var database = new MySqlDatabase("outage");
        using var relay = new TcpRelay(database.Host, database.Port);
        await using LocalCluster cluster = await StartAsync(database.ConnectionString(relay.Port));
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), Often);
        await UntilAsync(cluster, job, s => s.CheckpointsCompleted >= 2, "two checkpoints");
        relay.Cut();
        await Wait.ForAsync(
            () => _log.Entries.Any(e => e.Text.Contains(
                "This JobManager could not read its jobs and tries again: ", StringComparison.Ordinal)),
            "the JobManager tells that it has no journal");
        relay.Mend();
        await UntilAsync(cluster, job, s => s is { State: JobState.Running, Attempt: 2 }, "the job goes on");
        Assert.True(_runtime.Deployed.Last().Restore!.Checkpoint.Value >= 2);
        _runtime.EndData(job.Value);
        await UntilAsync(cluster, job, s => s.State == JobState.Finished, "the job ends");
        Assert.All(Failures, e => Assert.True(
            e.Cause is null && !e.Text.Contains('\n', StringComparison.Ordinal), e.Text));
    }

    [MySqlFact(Timeout = 120_000)]
    public async Task Connections_that_the_server_has_closed_are_replaced_without_a_word()
    {
        using var database = new MySqlDatabase("closed");
        await using LocalCluster cluster = await StartAsync(database.ConnectionString());
        JobId job = await cluster.SubmitAsync(TestGraphs.SourceToSink(2), Often with
        {
            Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromHours(1) },
        });
        await UntilAsync(cluster, job, s => s.State == JobState.Running, "the job runs");
        foreach (string id in database.Query(
            "SELECT ID FROM information_schema.PROCESSLIST "
            + $"WHERE DB = '{database.Name}' AND ID <> CONNECTION_ID()"))
            database.Run($"KILL CONNECTION {id}");
        _runtime.EndData(job.Value);
        await UntilAsync(cluster, job, s => s.State == JobState.Finished, "the job ends");
        Assert.Equal(1, (await cluster.StatusAsync(job)).Attempt);
        Assert.Empty(Failures);
    }

    /// <summary>What JobManager and JobMasters say about the journal.</summary>
    private IEnumerable<(string Text, Exception? Cause)> Failures =>
        _log.Entries.Where(e => e.Text.Contains("could not", StringComparison.Ordinal));

    private static JobOptions Often => new()
    {
        Restart = new RestartOptions { Attempts = 10, Delay = TimeSpan.FromMilliseconds(5) },
        Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromMilliseconds(20) },
    };

    private Task<LocalCluster> StartAsync(string journal) => LocalCluster.StartAsync(new LocalClusterOptions
    {
        TaskManagers = 1,
        SlotsPerTaskManager = 2,
        DataFolder = _folder.FullName,
        MySqlJournal = journal,
        Logging = _log,
        Executor = _runtime.NewExecutor,
    });

    /// <summary>Who asks while nobody leads gets no answer, and asks again.</summary>
    private static Task UntilAsync(
        LocalCluster cluster, JobId job, Func<JobStatus, bool> condition, string what) =>
        Wait.ForAsync(async () =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                return condition(await cluster.StatusAsync(job, limit.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or MillraceException)
            {
                return false;
            }
        }, what);
}
