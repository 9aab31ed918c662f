using Millrace.Local;
using Millrace.Run.Jobs;

namespace Millrace.Run;

/// <summary>
/// Observes the jobs of a run until they have ended, and fails their subtasks where that is asked for.
/// </summary>
internal sealed class Watch(LocalCluster cluster, IReadOnlyList<JobRun> runs, TimeProvider time)
{
    // The same choices in every run; which subtask they hit depends on what runs then.
    private const int KillSeed = 20171;

    private static readonly TimeSpan ObservationPause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<JobRun, int> _kills = [];

    /// <param name="killEvery">How often a random running subtask fails; null for never.</param>
    /// <param name="observed">Called after each round of observations, the last one included.</param>
    public async Task UntilEndedAsync(TimeSpan? killEvery, Action observed, CancellationToken cancel)
    {
        using CancellationTokenSource killing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task killer = killEvery is { } every ? KillAsync(every, killing.Token) : Task.CompletedTask;
        try
        {
            await ObserveAsync(observed, cancel);
        }
        finally
        {
            await killing.CancelAsync();
            await killer;
        }
    }

    private async Task ObserveAsync(Action observed, CancellationToken cancel)
    {
        ProcessorShares shares = new(() => Environment.CpuUsage.TotalTime);
        using PeriodicTimer pause = new(ObservationPause, time);
        do
        {
            foreach (JobRun run in runs.Where(run => !run.HasEnded))
                run.Observe(JobObservation.Of(await cluster.StatusAsync(run.Id, cancel)));
            shares.Divide(runs);
            observed();
        }
        while (runs.Any(run => !run.HasEnded) && await pause.WaitForNextTickAsync(cancel));
    }

    private async Task KillAsync(TimeSpan every, CancellationToken cancel)
    {
        Random random = new(KillSeed);
        using PeriodicTimer pause = new(every, time);
        try
        {
            while (await pause.WaitForNextTickAsync(cancel))
                await KillOneAsync(random, cancel);
        }
        catch (OperationCanceledException)
        {
            // The jobs have ended.
        }
    }

    /// <summary>
    /// The jobs take turns, so that a short one is hit as well; which subtask it is, chance decides.
    /// </summary>
    private async Task KillOneAsync(Random random, CancellationToken cancel)
    {
        foreach (JobRun run in runs.Where(run => !run.HasEnded).OrderBy(run => _kills.GetValueOrDefault(run))
            .ToList())
        {
            if (await cluster.KillRandomSubtaskAsync(run.Id, random, cancel))
            {
                _kills[run] = _kills.GetValueOrDefault(run) + 1;
                return;
            }
        }
    }
}
