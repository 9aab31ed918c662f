using Microsoft.Data.Sqlite;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>A dimension table that is not there fails the job; one that is locked is asked again.</summary>
[Collection(BadInputGroup.Name)]
public sealed class DimensionTableTests(BadInputCluster fixture)
{
    [Fact]
    public async Task A_file_that_is_missing_fails_the_job_at_once_and_is_not_made()
    {
        using SmallJob job = NewJob();
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, "Table 'grades'", job.Tables, "there is no such file");
        Assert.False(File.Exists(job.Tables));
    }

    [Fact]
    public async Task A_table_that_is_missing_fails_the_job_at_once_by_its_name()
    {
        using SmallJob job = NewJob();
        job.MakeTables("CREATE TABLE other (id BIGINT)");
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(
            status, $"Table 'grades' is missing: there is no table 'grades' in jdbc:sqlite:{job.Tables}");
    }

    [Fact]
    public async Task A_column_that_is_missing_fails_the_job_at_once_by_its_name()
    {
        using SmallJob job = NewJob();
        job.MakeTables("CREATE TABLE grades (score INT, other TEXT)");
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, "Table 'grades'", "no such column", "grade");
    }

    [Fact]
    public async Task A_value_of_another_type_fails_the_job_at_once_by_its_column()
    {
        using SmallJob job = NewJob();
        job.MakeTables(
            "CREATE TABLE grades (score, grade TEXT); INSERT INTO grades VALUES (10, 'good'), (10.5, 'bad')");
        BadLineTests.AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        using SmallJob other = NewJob("CHAR_LENGTH(CAST(g.stars AS STRING))");
        other.MakeTables("CREATE TABLE grades (score INT, grade TEXT, stars); INSERT INTO grades VALUES "
            + "(10, 'good', 'many')");
        JobStatus status = await other.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, "grades", "'many' in column 'stars', which is no INT");
    }

    [Fact]
    public async Task A_database_that_stays_locked_fails_the_job_after_its_retries_and_restarts()
    {
        using SmallJob job = NewJob(restarts: 1);
        job.MakeTables("CREATE TABLE grades (score INT, grade TEXT); INSERT INTO grades VALUES (10, 'good')");
        using (Lock(job))
        {
            JobStatus status = await job.RunAsync(fixture.Cluster);
            Assert.Equal((JobState.Failed, 1), (status.State, status.Restarts));
            Assert.All(status.Exceptions, e => Assert.Equal(ErrorKind.Unavailable, e.Kind));
            SmallJob.AssertSentence(
                status.Detail, "Table 'grades'", job.Tables, "is locked by another connection",
                "the job has used up its 1 restarts");
        }
    }

    [Fact]
    public async Task A_lock_that_passes_is_waited_for()
    {
        using SmallJob job = NewJob(restarts: 1000);
        job.MakeTables("CREATE TABLE grades (score INT, grade TEXT); INSERT INTO grades VALUES (10, 'good')");
        JobManager.JobId id;
        using (Lock(job))
        {
            id = await job.StartAsync(fixture.Cluster);
            await SmallJob.UntilAsync(
                async () => (await fixture.Cluster.StatusAsync(id)).Restarts > 0, "the lock has been met");
        }
        JobStatus status = await SmallJob.EndAsync(fixture.Cluster, id);
        Assert.Equal((JobState.Finished, ""), (status.State, status.Detail));
        Assert.Equal(["1|a|10|good"], job.Rows());
    }

    private static SmallJob NewJob(string? score = null, int restarts = 3)
    {
        var job = new SmallJob
        {
            Restart = new() { Attempts = restarts, Delay = TimeSpan.FromMilliseconds(10) },
            Query = $"""
                SELECT e.id, e.kind, {score ?? "e.score"}, g.grade FROM events AS e
                LEFT JOIN grades FOR SYSTEM_TIME AS OF PROCTIME() AS g ON e.score = g.score
                """,
        };
        job.Write("a.json", """{"id":1,"kind":"a","score":10}""");
        return job;
    }

    private static SqliteConnection Lock(SmallJob job)
    {
        SqliteConnection connection = SmallJob.Open(job.Tables);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return connection;
    }
}
