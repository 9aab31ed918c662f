using Millrace.Cluster.Tests.Chaos;
using Millrace.Processes;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// JobManagers whose journal is on a MySQL server, so that they share no folder: each has its own.
/// </summary>
public sealed class MySqlJournalTests
{
    private const int Copies = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [MySqlFact]
    public async Task A_standby_goes_on_with_the_jobs_of_a_leader_that_is_killed()
    {
        using var journal = new MySqlDatabase("journal");
        await using var cluster = new TestCluster();
        Configure(cluster, journal, journal.Name);
        await cluster.StartAsync(jobManagers: 2, taskManagers: 2, slots: 3);
        var jobs = new EdNetJobs(cluster, Copies);
        jobs.Prepare();
        await using (new Brake(jobs))
        {
            await jobs.SubmitAsync("checkpoint.interval=200ms", "checkpoint.min_pause=50ms");
            await Wait.ForAsync(jobs.HaveResults, "every job has written");
            Signals.SendKill(cluster.Of(ProcessRole.JobManager)[0]);
            await Wait.ForAsync(
                async () => await jobs.LookAsync() is { } seen && seen.All(HasGoneOn), "the jobs go on");
        }
        Assert.Contains(await jobs.FinishAsync(Limit), j => j is { Attempt: > 1, Restarts: 0 });
        jobs.AssertExact();
        Assert.False(
            Directory.Exists(Path.Combine(cluster.Folder, "journal")), "There is a journal in a file.");
        await cluster.StopAsync();
        jobs.AssertClean();
    }

    [MySqlFact]
    public async Task A_cluster_whose_journal_has_no_database_does_not_start_and_says_why()
    {
        using var journal = new MySqlDatabase("nodatabase");
        await using var cluster = new TestCluster();
        Configure(cluster, journal, "no_such_database");
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.StartAsync(jobManagers: 1, taskManagers: 1, slots: 1));
        Assert.StartsWith(
            "jobmanager-1 has ended: jobmanager: The journal 'no_such_database' at "
            + $"{journal.Host}:{journal.Port} cannot be used: the server has no such database; create it. "
            + "(log: ",
            refused.Message, StringComparison.Ordinal);
        await cluster.StopAsync();
    }

    private static bool HasGoneOn(ListedJob job) => job is { State: "FINISHED" }
        or { State: "RUNNING", Attempt: > 1 };

    private static void Configure(TestCluster cluster, MySqlDatabase journal, string database)
    {
        Directory.CreateDirectory(cluster.Folder);
        File.WriteAllText(Path.Combine(cluster.Folder, "jobmanager.yaml"), $"""
            journal:
              url: "jdbc:mysql://{journal.Host}:{journal.Port}/{database}"
              user: "{journal.User}"
              password: "{journal.Password}"
            """);
    }
}
