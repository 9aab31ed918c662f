using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Status;

/// <summary>A job as its JobMaster sees it at one moment.</summary>
/// <param name="Attempt">The number of the attempt that runs or ran last, from 1; 0 before the first.</param>
/// <param name="Restarts">Attempts begun because one before had failed.</param>
/// <param name="RunningSince">When all subtasks ran for the first time.</param>
/// <param name="Detail">What it waits for, or why it failed; empty where there is nothing to say.</param>
/// <param name="Checkpoints">The latest ones, savepoints and failed ones too, oldest first.</param>
/// <param name="Exceptions">The latest failures, oldest first.</param>
public sealed record JobStatus(
    JobId Id,
    string Name,
    JobState State,
    int Attempt,
    int Restarts,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? RunningSince,
    DateTimeOffset? EndedAt,
    string Detail,
    IReadOnlyList<VertexStatus> Vertices,
    long CheckpointsCompleted,
    long CheckpointsFailed,
    IReadOnlyList<CheckpointStatus> Checkpoints,
    IReadOnlyList<ExceptionStatus> Exceptions)
{
    public bool HasEnded => State.IsTerminal();

    public IEnumerable<OperatorStatus> Operators => Vertices.SelectMany(v => v.Operators);
}

/// <param name="Running">How many of its subtasks run now.</param>
/// <param name="Operators">In the order of the chain.</param>
/// <param name="SubtaskMetrics">The subtasks' own numbers, one map a subtask.</param>
public sealed record VertexStatus(
    string Id,
    string Name,
    int Parallelism,
    int Running,
    IReadOnlyList<OperatorStatus> Operators,
    IReadOnlyList<IReadOnlyDictionary<string, double>> SubtaskMetrics);

/// <summary>An operator's numbers (Flink's names), since the start of the attempt.</summary>
/// <param name="Subtasks">One map a subtask that has reported.</param>
public sealed record OperatorStatus(
    string Uid,
    string Name,
    IReadOnlyList<IReadOnlyDictionary<string, double>> Subtasks)
{
    /// <summary>Over all subtasks; 0 where none has the metric.</summary>
    public double Sum(string metric) => Values(metric).Sum();

    /// <summary>
    /// Over all subtasks; null where none has the metric. The watermark of an operator is the least.
    /// </summary>
    public double? Min(string metric) => Values(metric).Cast<double?>().Min();

    public double? Max(string metric) => Values(metric).Cast<double?>().Max();

    private IEnumerable<double> Values(string metric) =>
        Subtasks.Where(s => s.ContainsKey(metric)).Select(s => s[metric]);
}

/// <param name="Failure">Why it did not complete; null when it did.</param>
public sealed record CheckpointStatus(
    long Id,
    bool IsSavepoint,
    string Folder,
    DateTimeOffset TriggeredAt,
    TimeSpan Duration,
    long SizeBytes,
    string? Failure);

/// <param name="Origin">The vertex and subtask, or empty where the job as a whole failed.</param>
public sealed record ExceptionStatus(
    DateTimeOffset At,
    int Attempt,
    ErrorKind Kind,
    string Origin,
    string Message);
