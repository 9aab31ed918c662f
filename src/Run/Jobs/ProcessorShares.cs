namespace Millrace.Run.Jobs;

/// <summary>Divides the processor time of this process among the jobs that run in it.</summary>
/// <remarks>A job's share of an interval is that of its subtasks' threads in all jobs' threads; what no
/// thread of a subtask has used (compilation, collection, snapshots, lookups) is divided in the same
/// proportion, so that a job alone bears all of it.</remarks>
internal sealed class ProcessorShares(Func<TimeSpan> processTime)
{
    private readonly Dictionary<JobRun, (int Attempt, TimeSpan Used)> _seen = [];
    private TimeSpan _divided = processTime();

    /// <summary>Divides the time since the last call, after all jobs have been observed.</summary>
    public void Divide(IReadOnlyList<JobRun> runs)
    {
        TimeSpan now = processTime();
        List<(JobRun Run, double Weight)> weights = [.. runs.Select(run => (run, Used(run).TotalSeconds))];
        double total = weights.Sum(w => w.Weight);
        if (total <= 0)
        {
            weights = [.. runs.Select(run => (run, run.HasEnded ? 0.0 : 1.0))];
            total = weights.Sum(w => w.Weight);
        }
        if (total <= 0)
            return;
        foreach ((JobRun run, double weight) in weights)
            run.ProcessorTime += (now - _divided) * (weight / total);
        _divided = now;
    }

    /// <summary>
    /// What the job's subtasks have used since they were last seen; a new attempt counts from nothing.
    /// </summary>
    private TimeSpan Used(JobRun run)
    {
        (int attempt, TimeSpan before) = _seen.GetValueOrDefault(run);
        TimeSpan used = run.Last.Attempt == attempt
            ? run.Last.ProcessorTime - before
            : run.Last.ProcessorTime;
        if (used < TimeSpan.Zero)
            return TimeSpan.Zero;
        _seen[run] = (run.Last.Attempt, run.Last.ProcessorTime);
        return used;
    }
}
