using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Status;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// A job in a folder of its own: JSON lines, a dimension table if the test makes one, and a table of results
/// with what became of each line.
/// </summary>
internal sealed class SmallJob : IDisposable
{
    /// <summary>Far more than anything takes here, also on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(10);

    private readonly TempFolder _folder = new();

    public SmallJob() => Directory.CreateDirectory(Events);

    public string Events => _folder.File("events");

    public string Tables => _folder.File("tables.db");

    public string Results => _folder.File("results.db");

    /// <summary>Each job has a folder of its own below it.</summary>
    public string Checkpoints => _folder.File("checkpoints");

    public string Query { get; init; } =
        "SELECT id, kind, score, JSON_VALUE(payload, '$.answer') FROM events";

    public CheckpointOptions Checkpoint { get; init; } = new();

    public RestartOptions Restart { get; init; } =
        new() { Attempts = 3, Delay = TimeSpan.FromMilliseconds(10) };

    /// <summary>How long the sink waits for a lock; a test that reads the results holds it for a while.</summary>
    public string LockPatience { get; init; } = "20ms";

    /// <summary>Further options of the table of events, as <c>'name' = 'value'</c>.</summary>
    public string[] Format { get; init; } = [];

    /// <summary>The INSERT is its last line.</summary>
    public string Sql => $"""
        CREATE TABLE events (id BIGINT, kind STRING, score INT, payload STRING)
        WITH ({string.Join(
            ", ", ["'connector' = 'filesystem'", $"'path' = '{Events}'", "'format' = 'json'", .. Format])});
        CREATE TABLE grades (score INT, grade STRING, stars INT)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:{Tables}', 'table-name' = 'grades',
              'lookup.max-retries' = '1', 'connection.max-retry-timeout' = '20ms');
        CREATE TABLE answers (id BIGINT, kind STRING, score INT, answer STRING, PRIMARY KEY (id) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:{Results}', 'table-name' = 'answers',
              'sink.buffer-flush.interval' = '10ms', 'sink.max-retries' = '1',
              'connection.max-retry-timeout' = '{LockPatience}');
        INSERT INTO answers {Query};
        """;

    public string PathOf(string file) => Path.Combine(Events, file);

    public string Write(string file, params string[] lines)
    {
        string path = PathOf(file);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        return path;
    }

    /// <summary>Ends as it ends.</summary>
    public async Task<JobStatus> RunAsync(Local.LocalCluster cluster, RestoreFrom? restore = null) =>
        await EndAsync(cluster, await StartAsync(cluster, restore));

    public Task<JobId> StartAsync(Local.LocalCluster cluster, RestoreFrom? restore = null) =>
        cluster.SubmitAsync(Definition(), restore);

    public static Task<JobStatus> EndAsync(Local.LocalCluster cluster, JobId job) =>
        cluster.WaitAsync(job).WaitAsync(Patience);

    /// <summary>
    /// Waits until all lines that are not held are in the table and covered by a checkpoint.
    /// </summary>
    public async Task<JobStatus> CommittedAsync(Local.LocalCluster cluster, JobId job, int rows)
    {
        await UntilAsync(
            () => Task.FromResult(File.Exists(Results) && Rows().Length == rows), $"{rows} rows are there");
        long before = (await cluster.StatusAsync(job)).Checkpoints is [.., { } last] ? last.Id : 0;
        // The checkpoint after the next one began after the rows were there.
        await UntilAsync(async () => (await cluster.StatusAsync(job)).Checkpoints.Any(
            c => c.Id >= before + 2 && c.Failure is null), "a checkpoint");
        return await cluster.StatusAsync(job);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"waited in vain until {what}");
            await Task.Delay(PollPause);
        }
    }

    /// <summary>The rows of the result table by id, columns joined by bars.</summary>
    public string[] Rows()
    {
        using SqliteConnection connection = Open(Results);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id, kind, score, answer FROM answers ORDER BY id";
        try
        {
            using SqliteDataReader reader = command.ExecuteReader();
            List<string> rows = [];
            while (reader.Read())
                rows.Add(string.Join('|',
                    Enumerable.Range(0, 4).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));
            return [.. rows];
        }
        catch (SqliteException e) when (e.Message.Contains("no such table", StringComparison.Ordinal))
        {
            return [];
        }
    }

    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void MakeTables(string sql)
    {
        using SqliteConnection connection = Open(Tables);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The job failed of the data: at once, with one sentence and no trace of a stack.</summary>
    public static void AssertFailedAtOnce(JobStatus status, params string[] parts)
    {
        Assert.Equal((JobManager.Execution.JobState.Failed, 0), (status.State, status.Restarts));
        Assert.Equal(ErrorKind.Invalid, Assert.Single(status.Exceptions).Kind);
        AssertSentence(status.Detail, parts);
    }

    public static void AssertSentence(string message, params string[] parts)
    {
        foreach (string part in parts)
            Assert.True(message.Contains(part, StringComparison.Ordinal), $"'{part}' is not in: {message}");
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private JobDefinition Definition() => new()
    {
        Name = "small",
        Options = new JobOptions
        {
            Restart = Restart,
            Checkpoint = Checkpoint with { Directory = Checkpoints },
        },
        SqlFile = "small.sql",
        Sql = Sql,
    };
}
