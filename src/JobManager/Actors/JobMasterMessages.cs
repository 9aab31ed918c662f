using System.Collections.Immutable;
using Akka.Actor;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

// What JobManager and JobMaster, which live in one actor system, say to each other and to themselves.

/// <summary>To a new JobMaster; it answers the client once the submission is stored.</summary>
internal sealed record AcceptSubmission(SubmissionAccepted Submission, IActorRef Client);

/// <summary>The job gives back the slots that it does not keep, and wants so many more; 0: none.</summary>
internal sealed record SlotsWanted(
    JobId Job, long Sequence, int Count, NodeNeeds Needs, ImmutableHashSet<string> Kept)
{
    /// <summary>Rises; what is granted names the request that it answers.</summary>
    public long Number { get; init; }

    /// <summary>Where the last attempt ran, perhaps under an earlier leader.</summary>
    public ImmutableArray<string> LastNodes { get; init; } = [];
}

/// <summary>
/// What ran on the node runs no more, or must be taken for it; its slots are given to others.
/// </summary>
internal sealed record SlotsLost(string Node);

internal sealed record SlotsReleased(JobId Job);

/// <summary>
/// As many as it wanted; lost ones are noticed by watching their actors. Nothing where the job has asked anew
/// meanwhile: with that it has given these back.
/// </summary>
/// <param name="Number">Of the request.</param>
internal sealed record SlotsGranted(long Number, ImmutableArray<Slot> Slots);

/// <summary>For people: what the job waits for; empty when it does not.</summary>
internal sealed record SlotWait(string Description);

/// <summary>
/// The job has ended; the JobManager archives the report and then says <see cref="ForgetJob"/>.
/// </summary>
internal sealed record JobEndReported(JobId Job, JobReport Report);

/// <summary>The JobMaster removes its journal and stops.</summary>
internal sealed record ForgetJob
{
    public static readonly ForgetJob Instance = new();
}

/// <summary>A JobMaster without a submission does not wait for ever, however often it is asked.</summary>
internal sealed record SubmissionMissing
{
    public static readonly SubmissionMissing Instance = new();
}

/// <summary>
/// All nodes are about to stop in order: the jobs stop here as they are stored, so that none takes the end of
/// its slots for a failure. Answered with <see cref="JobsSuspended"/>; the next JobManager goes on with them.
/// </summary>
internal sealed record SuspendJobs
{
    public static readonly SuspendJobs Instance = new();
}

internal sealed record JobsSuspended
{
    public static readonly JobsSuspended Instance = new();
}

internal sealed record TimerFired(TimerKey Key);

internal sealed record RestoreRead(int Attempt, CheckpointMetadata? Metadata, MillraceException? Error);

/// <param name="Error">Null: the folder is there.</param>
internal sealed record FolderCreated(TriggerBarrier Trigger, string? Error);

internal sealed record MetadataWritten(CheckpointMetadata Metadata, string? Error);

internal sealed record FoldersDeleted
{
    public static readonly FoldersDeleted Instance = new();
}
