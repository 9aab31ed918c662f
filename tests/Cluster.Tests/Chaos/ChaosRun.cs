using System.Diagnostics;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Chaos;

/// <summary>
/// The specification's jobs on real processes that are killed and stopped while the jobs run; the results
/// must be those of an undisturbed run, row for row.
/// </summary>
/// <param name="seed">Decides who is hit.</param>
internal sealed class ChaosRun(TestCluster cluster, EdNetJobs jobs, ChaosPlan plan, int seed)
{
    private const int JobManagers = 2, TaskManagers = 3, Slots = 2;
    private static readonly TimeSpan FinishLimit = TimeSpan.FromMinutes(10);

    private static readonly string[] Configuration =
    [
        "runtime.restart_attempts=100000", "runtime.restart_delay=200ms", "checkpoint.interval=1s",
        "checkpoint.min_pause=100ms",
    ];

    private readonly Random _random = new(seed);
    private readonly List<string> _story = [];
    private readonly Stopwatch _time = new();

    /// <summary>What was done when, for a failure's message and for the night's figures.</summary>
    public string Story => $"seed {seed}\n{string.Join('\n', _story)}";

    /// <returns>The jobs at their end.</returns>
    public async Task<IReadOnlyList<ListedJob>> RunAsync()
    {
        Task prepared = Task.Run(jobs.Prepare);
        await cluster.StartAsync(JobManagers, TaskManagers, Slots);
        await prepared;
        Tell("the jobs are submitted");
        await jobs.SubmitAsync(Configuration);
        // The tables must be there before they are locked.
        await Wait.ForAsync(jobs.HaveResults, "every job has written");
        using var release = new CancellationTokenSource();
        Task braking = Task.Run(() => new Brake(jobs.Results).RunAsync(release.Token));
        _time.Start();
        int pauseAt = plan.TaskManagerKills / 2;
        Task paused = Task.CompletedTask;
        for (int i = 0; i < plan.TaskManagerKills; i++)
        {
            await UnfinishedAfterAsync(plan.Interval);
            if (i == pauseAt) paused = PauseAsync();
            await KillTaskManagerAsync();
            if (LeaderKillsAfter(i + 1) > LeaderKillsAfter(i)) await KillLeaderAsync();
        }
        await paused;
        await release.CancelAsync();
        await braking;
        Tell("the jobs may finish");
        IReadOnlyList<ListedJob> ended = await jobs.FinishAsync(FinishLimit);
        foreach (ListedJob job in ended) Tell($"{job.Name}: {job.Restarts} restarts, attempt {job.Attempt}");
        return ended;
    }

    /// <summary>Any that somebody waits for no more: one that is being added is left alone.</summary>
    private NodeProcess Victim()
    {
        NodeProcess[] running =
            [.. cluster.Of(ProcessRole.TaskManager).Where(p => p is { IsStopped: false, Listens: true })];
        return running[_random.Next(running.Length)];
    }

    private int LeaderKillsAfter(int kills) => kills * plan.JobManagerKills / plan.TaskManagerKills;

    private async Task UnfinishedAfterAsync(TimeSpan pause)
    {
        await Task.Delay(pause);
        if (await jobs.LookAsync() is { } seen)
            Assert.True(
                seen.Any(j => j.State != "FINISHED"), $"The jobs were too short to be disturbed.\n{Story}");
    }

    private async Task KillTaskManagerAsync()
    {
        NodeProcess victim = Victim();
        Signals.SendKill(victim);
        NodeProcess added = await cluster.AddAsync(ProcessRole.TaskManager);
        Tell($"killed {victim.Name}, added {added.Name}");
    }

    /// <summary>The oldest JobManager leads. The next one is only killed when its successor has
    /// joined.</summary>
    private async Task KillLeaderAsync()
    {
        IReadOnlyList<NodeProcess> all = cluster.Of(ProcessRole.JobManager);
        foreach (NodeProcess standby in all.Skip(1)) await cluster.Cluster.ReadyAsync(standby);
        Signals.SendKill(all[0]);
        NodeProcess added = await cluster.AddAsync(ProcessRole.JobManager);
        Tell($"killed {all[0].Name}, which led; added {added.Name}");
    }

    /// <summary>Stops a TaskManager, adds another in its place, and lets it wake up when its lease is long
    /// over.</summary>
    private async Task PauseAsync()
    {
        NodeProcess victim = Victim();
        Signals.SendStop(victim);
        NodeProcess added = await cluster.AddAsync(ProcessRole.TaskManager);
        Tell($"stopped {victim.Name}, added {added.Name}");
        await Task.Delay(plan.Pause);
        Signals.SendContinue(victim);
        Tell($"{victim.Name} goes on");
        await Wait.ForAsync(() => !victim.IsAlive, $"{victim.Name} finds that it was removed and ends");
        Tell($"{victim.Name} has ended");
    }

    private void Tell(string what) => _story.Add($"{_time.Elapsed.TotalSeconds,6:0.0} s: {what}");
}
