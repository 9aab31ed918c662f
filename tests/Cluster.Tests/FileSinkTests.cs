using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>Files that are written by processes which are killed hold every row once.</summary>
public sealed class FileSinkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Killed_TaskManagers_and_a_killed_leader_change_nothing_of_the_files()
    {
        const int rows = 100_000, kills = 5;
        await using var cluster = new TestCluster();
        await cluster.StartAsync(jobManagers: 2, taskManagers: 2, slots: 2);
        var job = new FilesJob(cluster, "files", rows, rowsPerSecond: 10_000, "interval: \"200ms\"");
        await job.SubmitAsync();
        var random = new Random(1);
        for (int i = 1; i <= kills; i++)
        {
            await Wait.ForAsync(() => job.Read() >= i * rows / (kills + 1), "the files have grown");
            NodeProcess[] running = [.. cluster.Of(ProcessRole.TaskManager).Where(p => p.Listens)];
            Signals.SendKill(running[random.Next(running.Length)]);
            if (i == kills / 2) await KillLeaderAsync(cluster);
            await cluster.AddAsync(ProcessRole.TaskManager);
        }
        ListedJob ended = await job.FinishAsync();
        Assert.True(ended.Attempt > kills / 2, $"{ended} was not disturbed");
        await cluster.StopAsync();
    }

    [Fact]
    public async Task A_TaskManager_that_stands_still_and_wakes_up_changes_nothing_of_the_files()
    {
        const int rows = 60_000;
        await using var cluster = new TestCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 2, slots: 1);
        var job = new FilesJob(cluster, "files", rows, rowsPerSecond: 5000, "interval: \"200ms\"");
        await job.SubmitAsync();
        await Wait.ForAsync(() => job.Read() > rows / 10, "the files grow");
        NodeProcess victim = cluster.Of(ProcessRole.TaskManager)[0];
        Signals.SendStop(victim);
        await cluster.AddAsync(ProcessRole.TaskManager);
        int before = job.Read();
        await Wait.ForAsync(() => job.Read() > before, "the files grow again");
        Signals.SendContinue(victim);
        ListedJob ended = await job.FinishAsync();
        Assert.True(ended.Attempt > 1, $"{ended} was not disturbed");
        await cluster.StopAsync();
    }

    [Fact]
    public async Task The_leaders_death_around_the_last_checkpoint_changes_nothing_of_the_files()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync(jobManagers: 2, taskManagers: 2, slots: 2);
        (string, Func<FilesJob, bool>)[] moments =
        [
            ("begun", j => j.HasCheckpointBegun()),
            ("metadata", j => j.HasCheckpointMetadata()),
            ("commit", j => j.HasVisibleFiles()),
        ];
        foreach ((string name, Func<FilesJob, bool> isTheMoment) in moments)
        {
            // It takes no checkpoint but the last one, so what it has written is seen at the end only.
            var job = new FilesJob(cluster, name, rows: 40_000, rowsPerSecond: 20_000, checkpoint: null);
            await job.SubmitAsync();
            Assert.True(
                SpinWait.SpinUntil(() => isTheMoment(job) || job.HasVisibleFiles(), Limit), cluster.Logs());
            await KillLeaderAsync(cluster);
            await job.FinishAsync();
        }
        await cluster.StopAsync();
    }

    /// <summary>The oldest JobManager leads. Another one takes its place.</summary>
    private static async Task KillLeaderAsync(TestCluster cluster)
    {
        Signals.SendKill(cluster.Of(ProcessRole.JobManager)[0]);
        NodeProcess added = await cluster.AddAsync(ProcessRole.JobManager);
        await cluster.Cluster.ReadyAsync(added);
    }
}
