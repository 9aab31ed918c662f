using System.Diagnostics;
using Millrace.Processes;
using Millrace.Shared.Processes;
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

    /// <summary>To catch a TaskManager in the middle of a flush.</summary>
    private static readonly TimeSpan FlushLimit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    /// <summary>How far the jobs may be when the chaos ends, 0..1.</summary>
    private const double ShareBraked = 0.8;

    private static readonly string[] Configuration =
    [
        "runtime.restart_attempts=100000", "runtime.restart_delay=200ms", "checkpoint.interval=1s",
        "checkpoint.min_pause=100ms",
    ];

    private readonly Random _random = new(seed);
    private readonly List<string> _story = [];
    private readonly Stopwatch _time = new();

    /// <summary>While somebody is chosen and hit.</summary>
    private readonly Lock _hit = new();

    private int _kills;

    /// <summary>The one that is paused and another one that it knows: it finds that it was removed only while
    /// somebody lives whom it can ask.</summary>
    private string[] _spared = [];

    /// <summary>What was done when, for a failure's message and for the night's figures.</summary>
    public string Story => $"seed {seed}\n{string.Join('\n', _story)}";

    /// <returns>The jobs at their end.</returns>
    public async Task<IReadOnlyList<ListedJob>> RunAsync()
    {
        Task prepared = Task.Run(jobs.Prepare);
        await cluster.StartAsync(JobManagers, TaskManagers, Slots);
        await prepared;
        Tell("the jobs are submitted");
        await using (new Brake(jobs, AllowedProgress))
        {
            await jobs.SubmitAsync(Configuration);
            await Wait.ForAsync(jobs.HaveResults, "every job has written");
            _time.Start();
            await DisturbAsync();
        }
        Tell("the jobs may finish");
        IReadOnlyList<ListedJob> ended = await jobs.FinishAsync(FinishLimit);
        foreach (ListedJob job in ended) Tell($"{job.Name}: {job.Restarts} restarts, attempt {job.Attempt}");
        return ended;
    }

    private async Task DisturbAsync()
    {
        int pauseAt = plan.TaskManagerKills / 2;
        Task paused = Task.CompletedTask;
        try
        {
            for (int i = 0; i < plan.TaskManagerKills; i++)
            {
                await UnfinishedAfterAsync(plan.Interval);
                if (i == pauseAt) paused = PauseAsync();
                await KillTaskManagerAsync();
                _kills++;
                if (LeaderKillsAfter(i + 1) > LeaderKillsAfter(i)) await KillLeaderAsync();
            }
        }
        finally
        {
            await paused.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await paused;
    }

    /// <summary>Those that may be hit: not one that is being added.</summary>
    private NodeProcess[] Running() =>
    [
        .. cluster.Of(ProcessRole.TaskManager)
            .Where(p => p is { IsStopped: false, Listens: true } && !_spared.Contains(p.Name)),
    ];

    /// <summary>So far that the next interval has something to do.</summary>
    private double AllowedProgress() => ShareBraked * (_kills + 1) / plan.TaskManagerKills;

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
        NodeProcess victim;
        lock (_hit)
        {
            NodeProcess[] running = Running();
            victim = running[_random.Next(running.Length)];
            Signals.SendKill(victim);
        }
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

    /// <summary>Stops a TaskManager in the middle of a flush, adds another in its place, and lets it wake up
    /// when its lease is long over.</summary>
    private async Task PauseAsync()
    {
        NodeProcess victim = await StopFlushingAsync();
        NodeProcess added = await cluster.AddAsync(ProcessRole.TaskManager);
        Tell($"stopped {victim.Name} in the middle of a flush, added {added.Name}");
        await Task.Delay(plan.Pause);
        Signals.SendContinue(victim);
        Tell($"{victim.Name} goes on");
        await Wait.ForAsync(() => !victim.IsAlive, $"{victim.Name} finds that it was removed and ends");
        _spared = [];
        Tell($"{victim.Name} has ended");
    }

    private async Task<NodeProcess> StopFlushingAsync()
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < FlushLimit)
        {
            if (TryStopFlushing() is { } stopped) return stopped;
            await Task.Delay(1);
        }
        throw new TimeoutException($"No TaskManager was seen to flush for {FlushLimit.TotalSeconds} s.");
    }

    /// <returns>Null where nobody flushes; one whose flush was over when it stopped goes on.</returns>
    private NodeProcess? TryStopFlushing()
    {
        lock (_hit)
        {
            NodeProcess[] running = Running();
            IReadOnlyList<int> flushing = jobs.Results.Flushing([.. running.Select(p => p.Pid)]);
            if (flushing.Count == 0 || running.Length == 1) return null;
            int pid = flushing[_random.Next(flushing.Count)];
            NodeProcess victim = running.First(p => p.Pid == pid);
            Signals.SendStop(victim);
            if (SpinWait.SpinUntil(() => ProcessIdentity.Of(pid) is not { IsStopped: false }, StopLimit)
                && jobs.Results.Flushing([pid]).Count > 0)
            {
                _spared = [victim.Name, running.Where(p => p != victim).MinBy(p => p.StartTicks)!.Name];
                return victim;
            }
            Signals.SendContinue(victim);
            return null;
        }
    }

    private void Tell(string what) => _story.Add($"{_time.Elapsed.TotalSeconds,6:0.0} s: {what}");
}
