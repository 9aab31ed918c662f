using System.Collections.Immutable;
using Google.Protobuf;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Execution;

/// <summary>
/// What a decision asks of the world. The JobMaster carries effects out in order; those after a
/// <see cref="Store"/> wait until the event is durable.
/// </summary>
internal abstract record JobEffect;

/// <summary>The event is in the record already and must become durable before the next effect.</summary>
internal sealed record Store(IMessage Event) : JobEffect;

/// <summary>Asks for all slots at once; answered by <see cref="JobMachine.OnSlotsGranted"/>.</summary>
internal sealed record RequestSlots(int Count) : JobEffect;

/// <summary>Gives back what the job holds and takes back what it asked for.</summary>
internal sealed record ReleaseSlots : JobEffect;

/// <summary>Reads the metadata in this folder; answered by <see cref="JobMachine.OnRestoreRead"/>.</summary>
internal sealed record ReadRestore(int Attempt, string Folder) : JobEffect;

internal sealed record DeployAttempt(int Attempt, SlotTable Table, CheckpointMetadata? Restore) : JobEffect;

internal sealed record CancelAll(int Attempt) : JobEffect;

internal sealed record FinishAll(int Attempt) : JobEffect;

internal sealed record InjectFailure(int Attempt, SubtaskKey Subtask, string Reason) : JobEffect;

/// <summary>Sources emit the barrier.</summary>
internal sealed record TriggerBarrier(int Attempt, Barrier Barrier) : JobEffect;

internal sealed record NotifyCompleted(int Attempt, CheckpointId Checkpoint) : JobEffect;

internal sealed record NotifyAborted(int Attempt, CheckpointId Checkpoint) : JobEffect;

/// <summary>Makes the checkpoint complete; answered by <see cref="JobMachine.OnMetadataWritten"/>.</summary>
internal sealed record WriteMetadata(CheckpointMetadata Metadata) : JobEffect;

/// <summary>
/// Removes the folders of checkpoints that nothing needs; only <see cref="AnnounceEnd"/> waits for it.
/// </summary>
internal sealed record DeleteFolders(ImmutableArray<string> Folders) : JobEffect;

/// <summary>Answered by <see cref="JobMachine.OnTimer"/>; a timer of the same key is replaced.</summary>
internal sealed record StartTimer(TimerKey Key, TimeSpan Delay) : JobEffect;

internal sealed record StopTimer(TimerKey Key) : JobEffect;

/// <summary>Answers a request for a savepoint.</summary>
/// <param name="Path">Its folder; null where it failed.</param>
internal sealed record AnswerSavepoint(int Request, string? Path, ErrorKind Kind, string Message) : JobEffect;

/// <summary>
/// The job's end is stored: whoever waits for it hears it, once what it leaves behind is removed.
/// </summary>
internal sealed record AnnounceEnd : JobEffect;

internal enum TimerKind
{
    /// <summary>The next periodic checkpoint may be due.</summary>
    CheckpointDue,

    /// <summary>The checkpoint of this number has taken too long.</summary>
    CheckpointTimeout,

    /// <summary>Subtasks that have not stopped by now are given up.</summary>
    StopTimeout,

    /// <summary>The restart delay is over.</summary>
    RestartDue,
}

/// <param name="Number">The checkpoint or attempt that it belongs to.</param>
internal readonly record struct TimerKey(TimerKind Kind, long Number);
