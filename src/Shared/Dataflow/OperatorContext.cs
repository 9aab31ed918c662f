using Millrace.Shared.Connect;
using Millrace.Shared.Keys;
using Millrace.Shared.Metrics;

namespace Millrace.Shared.Dataflow;

/// <summary>
/// What a subtask gives its operators; the only way to time, threads, randomness and the outside.
/// </summary>
public sealed class OperatorContext
{
    public required string JobId { get; init; }

    /// <summary>Rising over the whole job; a sink writes it down to reject older attempts.</summary>
    public required int Attempt { get; init; }

    /// <summary>Matches state to operators across restarts and versions of the job.</summary>
    public required string OperatorUid { get; init; }

    /// <summary>For messages: what the operator does, as in EXPLAIN.</summary>
    public required string OperatorName { get; init; }

    public required int SubtaskIndex { get; init; }

    /// <summary>
    /// The subtasks of the operator that this attempt replaces (its region's); null: all that there ever were.
    /// </summary>
    public IReadOnlyList<int>? ReplacedSubtasks { get; init; }

    /// <summary>
    /// The highest complete checkpoint or savepoint of the job when the attempt began; 0: none.
    /// </summary>
    public CheckpointId LastCheckpoint { get; init; }

    /// <summary>The subtask is to end: a call that waits for something outside ends early, in any way.</summary>
    public CancellationToken Cancel { get; init; }

    public required int Parallelism { get; init; }

    public required int MaxParallelism { get; init; }

    /// <summary>The session time zone, an IANA name or an offset like +08:00.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Wall clock and timestamps; never DateTime.UtcNow.</summary>
    public required TimeProvider Time { get; init; }

    public required IMailbox Mailbox { get; init; }

    public required MetricGroup Metrics { get; init; }

    public required IConnectorRegistry Connectors { get; init; }

    /// <summary>The part of it that a connector's instance may use.</summary>
    public ConnectorContext ForConnector() =>
        new(JobId, OperatorUid, Attempt, SubtaskIndex, Parallelism, Time, Metrics)
        {
            ReplacedSubtasks = ReplacedSubtasks,
            LastCheckpoint = LastCheckpoint,
            Cancel = Cancel,
        };

    /// <summary>The key groups whose state this subtask owns.</summary>
    public KeyGroupRange KeyGroupRange => KeyGroups.RangeOf(SubtaskIndex, MaxParallelism, Parallelism);
}

/// <summary>How other threads and timers reach a subtask's own thread.</summary>
public interface IMailbox
{
    /// <summary>Runs the action on the subtask's thread, between elements. Any thread may call it.</summary>
    void Post(Action action);

    /// <summary>
    /// Runs the action on the subtask's thread after the delay, unless the subtask ends before or the timer
    /// is disposed.
    /// </summary>
    IDisposable Schedule(TimeSpan delay, Action action);
}
