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
    private const int MaxOpenSavepoints = 32;
    private const int MaxSavepoints = 16;

    /// <summary>Null before the job was accepted.</summary>
    public SubmissionAccepted? Submission { get; private set; }

    /// <summary>The number of the last attempt, 0 before the first.</summary>
    public int Attempt { get; private set; }

    /// <summary>Of the TaskManagers that had the job's slots when its last attempt began.</summary>
    public ImmutableArray<string> Nodes { get; private set; } = [];

    public int Restarts { get; private set; }

    /// <summary>
    /// Complete checkpoints that a restore may use, oldest first; savepoints are not among them.
    /// </summary>
    public ImmutableList<CheckpointTaken> Retained { get; private set; } = [];

    /// <summary>
    /// Savepoints that were begun and are not known to be complete; their folders may be half full.
    /// </summary>
    public ImmutableList<SavepointBegun> OpenSavepoints { get; private set; } = [];

    /// <summary>The latest complete savepoints, oldest first.</summary>
    public ImmutableList<CheckpointTaken> Savepoints { get; private set; } = [];

    /// <summary>The latest change of the parallelism, without its graph; null: none.</summary>
    public GraphReplaced? Rescaled { get; private set; }

    /// <summary>
    /// No checkpoint is complete since the parallelism changed. A subtask of the graph before may still come
    /// late with keys that others have now, and no sink is known to have been taken over from it as a whole.
    /// </summary>
    public bool IsFreshlyRescaled => Rescaled is { } change && LastCheckpoint <= change.LastCheckpoint;

    /// <summary>The highest id of a complete checkpoint or savepoint; 0: none.</summary>
    public long LastCheckpoint { get; private set; }

    public long ReservedCheckpoints { get; private set; }

    public long CheckpointsCompleted { get; private set; }

    public bool IsCancelRequested { get; private set; }

    /// <summary>The savepoint of a stop, complete: the job reads nothing any more.</summary>
    public CheckpointTaken? StoppedWith { get; private set; }

    public bool IsStopped => StoppedWith is not null;

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
                Restarts += Math.Max(e.Restarts, e.IsRestart ? 1 : 0);
                break;
            case GraphReplaced e: Apply(e); break;
            case SavepointBegun e: OpenSavepoints = Bounded(OpenSavepoints.Add(e), MaxOpenSavepoints); break;
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

    /// <summary>The savepoint that the request has led to; null: none yet, or it is not remembered.</summary>
    public CheckpointTaken? SavepointOf(string request) =>
        request.Length > 0 ? Savepoints.FindLast(s => s.Request == request) : null;

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
        StoppedWith = StoppedWith,
        OpenSavepoints = { OpenSavepoints },
        Savepoints = { Savepoints },
        Rescaled = Rescaled,
        Nodes = { Nodes },
        LostAllCheckpoints = HasLostAllCheckpoints,
        Ended = Ended,
        Exceptions = { Exceptions },
    };

    /// <summary>The checkpoints that completing one more pushes out, by the number to retain.</summary>
    public IEnumerable<CheckpointTaken> Superfluous =>
        Retained.Take(Math.Max(0, Retained.Count + 1 - RetainedLimit));

    /// <summary>As if it had been submitted so.</summary>
    private void Apply(GraphReplaced replaced)
    {
        Submission = Submission!.Clone();
        Submission.Graph = replaced.Graph;
        if (Submission.Sql is { } sql) sql.Parallelism = replaced.Parallelism;
        Rescaled = replaced.Clone();
        Rescaled.Graph = ByteString.Empty;
    }

    private void Apply(CheckpointTaken taken)
    {
        LastCheckpoint = Math.Max(LastCheckpoint, taken.CheckpointId);
        CheckpointsCompleted++;
        OpenSavepoints = OpenSavepoints.RemoveAll(s => s.CheckpointId == taken.CheckpointId);
        if (taken.Stops) StoppedWith = taken;
        if (taken.Savepoint)
        {
            Savepoints = Bounded(Savepoints.Add(taken), MaxSavepoints);
            return;
        }
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
        StoppedWith = snapshot.StoppedWith;
        OpenSavepoints = [.. snapshot.OpenSavepoints];
        Savepoints = [.. snapshot.Savepoints];
        Rescaled = snapshot.Rescaled;
        Nodes = [.. snapshot.Nodes];
        HasLostAllCheckpoints = snapshot.LostAllCheckpoints;
        Ended = snapshot.Ended;
        Exceptions = [.. snapshot.Exceptions];
    }

    private static ImmutableList<T> Bounded<T>(ImmutableList<T> list, int limit) =>
        list.Count > limit ? list.RemoveRange(0, list.Count - limit) : list;
}
