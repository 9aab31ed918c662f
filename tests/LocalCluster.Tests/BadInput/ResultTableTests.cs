using Microsoft.Data.Sqlite;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>A table of results that cannot be written.</summary>
[Collection(BadInputGroup.Name)]
public sealed class ResultTableTests(BadInputCluster fixture)
{
    [Fact]
    public async Task A_database_that_is_locked_for_a_while_restarts_the_job_and_gets_each_row()
    {
        using SmallJob job = NewJob(restarts: 1_000);
        JobId id = await job.StartAsync(fixture.Cluster);
        await job.CommittedAsync(fixture.Cluster, id, rows: 1);
        using (SqliteConnection connection = SmallJob.Open(job.Results))
        {
            Run(connection, "BEGIN IMMEDIATE");
            fixture.Held.Release(job.Events);
            await SmallJob.UntilAsync(
                async () => (await fixture.Cluster.StatusAsync(id)).Restarts > 1,
                "the lock has been met twice");
        }
        JobStatus status = await SmallJob.EndAsync(fixture.Cluster, id);
        Assert.Equal((JobState.Finished, ""), (status.State, status.Detail));
        Assert.All(status.Exceptions, e => Assert.Equal(ErrorKind.Unavailable, e.Kind));
        SmallJob.AssertSentence(status.Exceptions[0].Message, "Table 'answers'", job.Results, "locked");
        Assert.Equal(["1|a|10|NULL", "2|b|20|NULL"], job.Rows());
    }

    [Theory]
    [InlineData("CREATE TABLE answers (id BIGINT PRIMARY KEY, kind TEXT, score INT)", "answer")]
    [InlineData("CREATE TABLE answers (id BIGINT, kind TEXT, score INT, answer TEXT)", "PRIMARY KEY")]
    [InlineData(
        "CREATE TABLE answers (id BIGINT PRIMARY KEY, kind TEXT, score INT, answer TEXT NOT NULL)", "answer")]
    [InlineData("CREATE VIEW answers AS SELECT 1 AS id, 2 AS kind, 3 AS score, 4 AS answer", "answers")]
    public async Task A_table_that_does_not_fit_fails_the_job_at_once(string ddl, string word)
    {
        using SmallJob job = NewJob(restarts: 3);
        fixture.Held.Release(job.Events);
        using (SqliteConnection connection = SmallJob.Open(job.Results)) Run(connection, ddl);
        SmallJob.AssertFailedAtOnce(
            await job.RunAsync(fixture.Cluster), "Table 'answers'", job.Results, word);
    }

    [Fact]
    public async Task A_checkpoint_folder_that_cannot_be_made_fails_the_job_after_its_restarts()
    {
        using SmallJob job = NewJob(restarts: 1);
        File.WriteAllText(job.Checkpoints, "a file stands where the folder should be");
        fixture.Held.Release(job.Events);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        Assert.Equal((JobState.Failed, 1), (status.State, status.Restarts));
        SmallJob.AssertSentence(status.Detail, "Checkpoint ", "could not be made", job.Checkpoints,
            "used up its 1 restarts");
    }

    private static SmallJob NewJob(int restarts)
    {
        var job = new SmallJob
        {
            Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromMilliseconds(20) },
            Restart = new RestartOptions { Attempts = restarts, Delay = TimeSpan.FromMilliseconds(10) },
        };
        job.Write("a.json", """{"id":1,"kind":"a","score":10}""");
        job.Write("later-b.json", """{"id":2,"kind":"b","score":20}""");
        return job;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
