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

/// <summary>
/// Keeps the slots that the job holds, gives back others, and asks for so many more, all at once; answered by
/// <see cref="JobMachine.OnSlotsGranted"/>. 0 takes back what was asked for.
/// </summary>
internal sealed record RequestSlots(int Count) : JobEffect;

/// <summary>Gives back what the job holds and takes back what it asked for.</summary>
internal sealed record ReleaseSlots : JobEffect;

/// <summary>Reads the metadata in this folder; answered by <see cref="JobMachine.OnRestoreRead"/>.</summary>
internal sealed record ReadRestore(int Attempt, string Folder) : JobEffect;

/// <param name="Subtasks">Those to deploy, or to deploy again where a slot has not shown them.</param>
/// <param name="Region">All that the attempt replaces; empty: the whole job.</param>
internal sealed record DeployAttempt(
    int Attempt,
    SlotTable Table,
    CheckpointMetadata? Restore,
    ImmutableArray<SubtaskKey> Subtasks,
    ImmutableArray<SubtaskKey> Region) : JobEffect
{
    /// <summary>
    /// The job has stopped with a savepoint: only the side effects of that savepoint are to take effect, and
    /// sources emit nothing.
    /// </summary>
    public bool ReadsNothing { get; init; }

    /// <summary>The highest complete checkpoint or savepoint; 0: none.</summary>
    public long LastCheckpoint { get; init; }
}

internal sealed record CancelAttempt(int Attempt, ImmutableArray<SubtaskKey> Subtasks) : JobEffect;

/// <summary>Goes to all slots of the job, or to those of these indexes.</summary>
internal abstract record SlotsEffect : JobEffect
{
    /// <summary>Default: all.</summary>
    public ImmutableArray<int> Slots { get; init; }
}

/// <param name="Completed">The last checkpoint; null where the job takes none.</param>
internal sealed record FinishAll(CheckpointId? Completed) : SlotsEffect;

internal sealed record InjectFailure(int Attempt, SubtaskKey Subtask, string Reason) : JobEffect;

/// <summary>Sources emit the barrier.</summary>
internal sealed record TriggerBarrier(Barrier Barrier) : SlotsEffect
{
    /// <summary>It has been told before: the checkpoint's folder is there.</summary>
    public bool IsRepeated { get; init; }
}

internal sealed record NotifyCompleted(CheckpointId Checkpoint) : SlotsEffect;

internal sealed record NotifyAborted(CheckpointId Checkpoint) : SlotsEffect;

/// <summary>Makes the checkpoint complete; answered by <see cref="JobMachine.OnMetadataWritten"/>.</summary>
internal sealed record WriteMetadata(CheckpointMetadata Metadata) : JobEffect;

/// <summary>
/// Removes the folders of checkpoints that nothing needs; only <see cref="AnnounceEnd"/> waits for it.
/// </summary>
internal sealed record DeleteFolders(ImmutableArray<string> Folders) : JobEffect;

/// <summary>
/// Removes the folders of checkpoints below this one but for those named: nobody writes there, and no event
/// names them.
/// </summary>
/// <param name="UpTo">Those of later numbers may be under way.</param>
internal sealed record SweepFolder(string Folder, ImmutableArray<string> Kept, long UpTo) : JobEffect;

/// <summary>Answered by <see cref="JobMachine.OnTimer"/>; a timer of the same key is replaced.</summary>
internal sealed record StartTimer(TimerKey Key, TimeSpan Delay) : JobEffect;

internal sealed record StopTimer(TimerKey Key) : JobEffect;

/// <summary>Answers a request for a savepoint.</summary>
/// <param name="Path">Its folder; null where it failed.</param>
internal sealed record AnswerSavepoint(int Request, string? Path, ErrorKind Kind, string Message) : JobEffect;

/// <summary>Answers a request for another parallelism, which is stored.</summary>
/// <param name="Path">The checkpoint that the job goes on from; empty: from its start.</param>
internal sealed record AnswerRescale(int Request, int Parallelism, string Path) : JobEffect;

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

    /// <summary>Subtasks of the region that have not stopped by now are given up.</summary>
    StopTimeout,

    /// <summary>The restart delay of the region is over.</summary>
    RestartDue,

    /// <summary>The job has waited for slots long enough.</summary>
    SlotTimeout,

    /// <summary>What slots have not shown is told to them again.</summary>
    RepeatDue,
}

/// <param name="Number">The checkpoint or region that it belongs to; 0 for the whole job.</param>
internal readonly record struct TimerKey(TimerKind Kind, long Number);
