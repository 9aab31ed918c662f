using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;

namespace Millrace.Run.Jobs;

/// <summary>What <c>./run</c> shows of a job at one moment.</summary>
internal sealed record JobObservation
{
    public required JobState State { get; init; }

    /// <summary>Why it failed, or what it waits for; empty where there is nothing to say.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The operators and the subtask that failed; empty where none did.</summary>
    public string Origin { get; init; } = "";

    /// <summary>
    /// Bytes of the topics that are not read yet; null where no source of a running attempt has told.
    /// </summary>
    public long? PendingBytes { get; init; }

    /// <summary>Processor time of the present attempt's subtasks.</summary>
    public TimeSpan ProcessorTime { get; init; }

    public int Attempt { get; init; }

    public long Checkpoints { get; init; }

    public int Restarts { get; init; }

    public IReadOnlyList<LookupObservation> Lookups { get; init; } = [];

    public static JobObservation Of(JobStatus status) => new()
    {
        State = status.State,
        Detail = Sentence(status),
        Origin = status.State == JobState.Failed && status.Exceptions is [.., { } last] ? last.Origin : "",
        PendingBytes = Pending(status),
        ProcessorTime = TimeSpan.FromMicroseconds(status.Vertices
            .SelectMany(vertex => vertex.SubtaskMetrics)
            .Sum(metrics => metrics.GetValueOrDefault("cpuTimeNs")) / 1_000),
        Attempt = status.Attempt,
        Checkpoints = status.CheckpointsCompleted,
        Restarts = status.Restarts,
        Lookups = [.. status.Operators.Where(o => o.Max("hitCount") is not null)
            .Select(LookupObservation.Of)],
    };

    /// <summary>What happened first: the operators of a chain make a long name.</summary>
    private static string Sentence(JobStatus status) =>
        status.Exceptions is [.., { Origin.Length: > 0 } last]
            && status.Detail.StartsWith(last.Origin + ": ", StringComparison.Ordinal)
            ? status.Detail[(last.Origin.Length + 2)..]
            : status.Detail;

    private static long? Pending(JobStatus status)
    {
        List<OperatorStatus> sources = [.. status.Operators.Where(o => o.Max("pendingBytes") is not null)];
        bool known = status.State == JobState.Running && sources.Count > 0
            && sources.TrueForAll(s => s.Min("pendingBytes") >= 0);
        return known ? (long)sources.Sum(s => s.Sum("pendingBytes")) : null;
    }
}

/// <summary>The cache of one lookup join in the present attempt, all subtasks together.</summary>
/// <param name="Operator">The join's name, which names the dimension table.</param>
/// <param name="Loads">Requests to the table, of many keys each.</param>
/// <param name="LatestLoad">How long the last fetch took.</param>
internal sealed record LookupObservation(
    string Operator, long Hits, long Misses, long Loads, TimeSpan LatestLoad)
{
    public static LookupObservation Of(OperatorStatus status) => new(
        status.Name, (long)status.Sum("hitCount"), (long)status.Sum("missCount"),
        (long)status.Sum("loadCount"),
        TimeSpan.FromMilliseconds(status.Max("latestLoadTime") ?? 0));
}
