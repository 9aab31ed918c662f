using System.Text.Json.Nodes;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>
/// A JobManager is killed while pbm waits for what it has asked of it: pbm asks the other one, and what it
/// asked for takes effect once. The job's results are locked meanwhile, so that nothing is done too early.
/// </summary>
[Collection(SharedClusterGroup.Name)]
public sealed class LostServerTests(SharedCluster shared)
{
    [Fact]
    public async Task One_savepoint_is_taken_when_the_leader_dies_in_the_middle_of_it()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "saved");
        await job.StartBetweenCheckpointsAsync();
        JsonNode saved = await DisturbAsync(
            cluster, job, leads: true, job.SavepointFolders, "job", "savepoint", job.Id, job.Savepoints);
        Assert.Equal((string)saved["savepoint"]!, Assert.Single(job.SavepointFolders()));
        await job.StopAsync();
    }

    [Fact]
    public async Task One_savepoint_is_taken_when_only_the_JobManager_dies_that_was_asked()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "saved-aside");
        await job.StartBetweenCheckpointsAsync();
        JsonNode saved = await DisturbAsync(
            cluster, job, leads: false, job.SavepointFolders, "job", "savepoint", job.Id, job.Savepoints);
        await job.FlowsAsync();
        Assert.Equal((string)saved["savepoint"]!, Assert.Single(job.SavepointFolders()));
        Assert.Equal(0, (await job.LookAsync())!.Restarts);
        await job.StopAsync();
    }

    [Fact]
    public Task A_job_stops_once_when_the_leader_dies_in_the_middle() => StopAsync("stopped", leads: true);

    [NightlyFact]
    public Task A_job_stops_once_when_only_the_JobManager_dies_that_was_asked() =>
        StopAsync("stopped-aside", leads: false);

    [Fact]
    public Task A_job_is_rescaled_once_when_the_leader_dies_in_the_middle() =>
        RescaleAsync("rescaled", leads: true);

    [NightlyFact]
    public Task A_job_is_rescaled_once_when_only_the_JobManager_dies_that_was_asked() =>
        RescaleAsync("rescaled-aside", leads: false);

    [Fact]
    public async Task A_job_is_followed_to_its_end_through_the_death_of_the_leader()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "followed");
        Task<PbmAnswer> followed = cluster.Pbm.CallAsync("job", "submit", "-f", job.JobFile);
        await job.IsSubmittedAsync();
        await job.FlowsAsync();
        int attempt = (await job.LookAsync())!.Attempt;
        Signals.SendKill(await cluster.LeaderAsync());
        await job.RunsAsync(attempt);
        Assert.False(followed.IsCompleted, "pbm has given up following");
        await job.StopAsync();
        PbmAnswer end = await followed;
        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.Contains("Looking for a JobManager to go on with.", end.Error, StringComparison.Ordinal);
        Assert.Contains("FINISHED", end.Output, StringComparison.Ordinal);
    }

    private async Task StopAsync(string name, bool leads)
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, name);
        await job.StartBetweenCheckpointsAsync();
        JsonNode stopped = await DisturbAsync(
            cluster, job, leads, job.SavepointFolders, "job", "stop", job.Id, "--savepoint", job.Savepoints);
        Assert.Equal("FINISHED", (string)stopped["state"]!);
        Assert.Equal((string)stopped["savepoint"]!, Assert.Single(job.SavepointFolders()));
        job.AssertExact();
    }

    private async Task RescaleAsync(string name, bool leads)
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, name);
        await job.StartBetweenCheckpointsAsync();
        int attempt = (await job.LookAsync())!.Attempt;
        JsonNode rescaled = await DisturbAsync(
            cluster, job, leads, job.CheckpointFolders, "job", "rescale", job.Id, "--parallelism", "3");
        Assert.Equal(3, (int)rescaled["parallelism"]!);
        await job.RunsAsync(attempt);
        await job.FlowsAsync();
        // By the death of the leader, and by the rescaling.
        Assert.Equal(attempt + (leads ? 2 : 1), (await job.LookAsync())!.Attempt);
        await job.StopAsync();
    }

    /// <summary>Asks one JobManager, kills it when it works on that, and lets the job go on.</summary>
    /// <param name="leads">Whether it is the one that leads.</param>
    /// <param name="folders">One more of them shows that the cluster works on what was asked.</param>
    /// <returns>pbm's answer.</returns>
    private static async Task<JsonNode> DisturbAsync(
        TestCluster cluster, CountingJob job, bool leads, Func<string[]> folders, params string[] command)
    {
        NodeProcess leader = await cluster.LeaderAsync();
        NodeProcess victim =
            leads ? leader : cluster.Of(ProcessRole.JobManager).First(p => p.Pid != leader.Pid);
        string[] addresses =
        [
            .. cluster.Of(ProcessRole.JobManager).OrderBy(p => p.Pid != victim.Pid)
                .Select(p => p.AddressOf("command")),
        ];
        int before = folders().Length;
        IDisposable held = await job.HoldAsync();
        Task<PbmAnswer> asked =
            new PbmCalls(() => addresses, cluster.Folder).CallAsync([.. command, "--output", "json"]);
        using (held)
        {
            await Wait.ForAsync(
                () => asked.IsCompleted || folders().Length > before,
                $"{string.Join(' ', command)} has begun");
            Assert.False(asked.IsCompleted, "pbm was answered before anything could be done");
            Signals.SendKill(victim);
            await Wait.ForAsync(() => !victim.IsAlive, $"{victim.Name} is dead");
        }
        PbmAnswer answer = await asked;
        Assert.True(answer.ExitCode == 0, $"{answer}\n{cluster.Logs()}");
        Assert.Contains("Looking for a JobManager to go on with.", answer.Error, StringComparison.Ordinal);
        return JsonNode.Parse(answer.Output)!;
    }
}
