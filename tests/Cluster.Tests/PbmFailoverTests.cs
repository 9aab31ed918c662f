using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A pbm that waits, while the leading JobManager is killed.</summary>
public sealed class PbmFailoverTests
{
    private const string Yaml = """
        job_config:
          name: "endless"
          runtime:
            restart_strategy: "fixed-delay"
            restart_attempts: 1000
            restart_delay: "100ms"
          checkpoint:
            interval: "200ms"
        sql: "job.sql"
        """;

    private const string Sql = """
        CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100');
        CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO nothing SELECT n FROM numbers;
        """;

    [Fact]
    public async Task A_job_is_followed_and_stopped_through_the_death_of_the_leader()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync(jobManagers: 2, taskManagers: 1, slots: 1);
        File.WriteAllText(cluster.File("job.yaml"), Yaml);
        File.WriteAllText(cluster.File("job.sql"), Sql);

        Task<PbmAnswer> followed = cluster.Pbm.CallAsync("job", "submit", "-f", cluster.File("job.yaml"));
        await UntilAsync(cluster, j => j is { State: "RUNNING" }, "the job runs");
        foreach (NodeProcess standby in cluster.Of(ProcessRole.JobManager).Skip(1))
            await cluster.Cluster.ReadyAsync(standby);
        Signals.SendKill(cluster.Of(ProcessRole.JobManager)[0]);
        await UntilAsync(cluster, j => j is { State: "RUNNING", Attempt: > 1 }, "the job runs again");
        Assert.False(followed.IsCompleted, "pbm has given up following");

        PbmAnswer stopped =
            await cluster.Pbm.CallAsync("job", "stop", "endless", "--savepoint", "savepoints");
        Assert.True(stopped.ExitCode == 0, stopped.ToString());
        PbmAnswer end = await followed;
        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.Contains("Looking for a JobManager to go on with.", end.Error, StringComparison.Ordinal);
        Assert.Contains("FINISHED", end.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(cluster.File("savepoints")));
        await cluster.StopAsync();
    }

    private static Task UntilAsync(TestCluster cluster, Func<ListedJob?, bool> condition, string what) =>
        Wait.ForAsync(async () => condition((await cluster.Pbm.JobsAsync())?.SingleOrDefault()), what);
}
