using System.Collections.Immutable;
using Google.Protobuf;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>
/// What of a job is stored: the fold of its events. A JobMaster changes it only by an event, so one that
/// comes after, here or on another node, knows the same.
/// </summary>
internal sealed class JobRecord
{
    private const int MaxExceptions = 32;

    /// <summary>Null before the job was accepted.</summary>
    public SubmissionAccepted? Submission { get; private set; }

    /// <summary>The number of the last attempt, 0 before the first.</summary>
    public int Attempt { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>Of the TaskManagers that the last attempt was given.</summary>
    public ImmutableArray<string> Nodes { get; private set; } = [];

    /// <summary>
    /// Complete checkpoints that a restore may use, oldest first; savepoints are not among them.
    /// </summary>
    public ImmutableList<CheckpointTaken> Retained { get; private set; } = [];

    public long LastCheckpoint { get; private set; }

    public long ReservedCheckpoints { get; private set; }

    public long CheckpointsCompleted { get; private set; }

    public bool IsCancelRequested { get; private set; }

    /// <summary>A stop with savepoint is complete: the job never runs again.</summary>
    public bool IsStopped { get; private set; }

    public JobEnded? Ended { get; private set; }

    public ImmutableList<ExceptionReport> Exceptions { get; private set; } = [];

    /// <summary>Whether a damaged checkpoint was set aside and none is left to step back to.</summary>
    public bool HasLostAllCheckpoints { get; private set; }

    private int RetainedLimit => Math.Max(1, Submission?.Settings.RetainedCheckpoints ?? 1);

    public void Apply(IMessage happened)
    {
        switch (happened)
        {
            case SubmissionAccepted e: Submission = e; break;
            case AttemptStarted e:
                Attempt = e.Attempt;
                Nodes = [.. e.Nodes];
                if (e.IsRestart) Restarts++;
                break;
            case CheckpointIdsReserved e: ReservedCheckpoints = e.UpTo; break;
            case CheckpointTaken e: Apply(e); break;
            case CheckpointDropped e:
                Retained = Retained.RemoveAll(c => c.CheckpointId == e.CheckpointId);
                HasLostAllCheckpoints = Retained.IsEmpty;
                break;
            case FailureSeen e: Exceptions = Bounded(Exceptions.Add(e.Failure), MaxExceptions); break;
            case CancelRequested: IsCancelRequested = true; break;
            case JobEnded e: Ended = e; break;
            case JobSnapshot e: Load(e); break;
            default:
                throw new ArgumentException(
                $"{happened.Descriptor.FullName} is no event of a job.", nameof(happened));
        }
    }

    public JobSnapshot ToSnapshot() => new()
    {
        Submission = Submission,
        Attempt = Attempt,
        Restarts = Restarts,
        Retained = { Retained },
        LastCheckpointId = LastCheckpoint,
        ReservedCheckpointIds = ReservedCheckpoints,
        CheckpointsCompleted = CheckpointsCompleted,
        CancelRequested = IsCancelRequested,
        Stopped = IsStopped,
        LostAllCheckpoints = HasLostAllCheckpoints,
        Nodes = { Nodes },
        Ended = Ended,
        Exceptions = { Exceptions },
    };

    /// <summary>The checkpoints that completing one more pushes out, by the number to retain.</summary>
    public IEnumerable<CheckpointTaken> Superfluous =>
        Retained.Take(Math.Max(0, Retained.Count + 1 - RetainedLimit));

    private void Apply(CheckpointTaken taken)
    {
        LastCheckpoint = Math.Max(LastCheckpoint, taken.CheckpointId);
        CheckpointsCompleted++;
        IsStopped |= taken.Stops;
        if (taken.Savepoint) return;
        Retained = Bounded(Retained.Add(taken), RetainedLimit);
        HasLostAllCheckpoints = false;
    }

    private void Load(JobSnapshot snapshot)
    {
        Submission = snapshot.Submission;
        Attempt = snapshot.Attempt;
        Restarts = snapshot.Restarts;
        Retained = [.. snapshot.Retained];
        LastCheckpoint = snapshot.LastCheckpointId;
        ReservedCheckpoints = snapshot.ReservedCheckpointIds;
        CheckpointsCompleted = snapshot.CheckpointsCompleted;
        IsCancelRequested = snapshot.CancelRequested;
        IsStopped = snapshot.Stopped;
        HasLostAllCheckpoints = snapshot.LostAllCheckpoints;
        Nodes = [.. snapshot.Nodes];
        Ended = snapshot.Ended;
        Exceptions = [.. snapshot.Exceptions];
    }

    private static ImmutableList<T> Bounded<T>(ImmutableList<T> list, int limit) =>
        list.Count > limit ? list.RemoveRange(0, list.Count - limit) : list;
}
