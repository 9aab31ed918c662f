using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;

namespace Millrace.Shared.Messages;

/// <summary>Checkpoint metadata and snapshots as they travel.</summary>
public static class CheckpointCodec
{
    /// <summary>
    /// A restore of more subtasks is read from its folder by those who need it: sent to as many slots it would
    /// be gigabytes, and pass the limit of a message.
    /// </summary>
    public const int MostSubtasksSent = 256;

    public static Metadata ToMessage(CheckpointMetadata metadata) => new()
    {
        CheckpointId = metadata.Checkpoint.Value,
        Savepoint = metadata.IsSavepoint,
        JobName = metadata.JobName,
        MaxParallelism = metadata.MaxParallelism,
        Folder = metadata.Folder,
        Subtasks = { metadata.Subtasks.Select(ToMessage) },
    };

    /// <summary>For a slot that starts from it.</summary>
    public static Metadata ToRestore(CheckpointMetadata metadata)
    {
        bool isShort = metadata.Subtasks.Length <= MostSubtasksSent;
        Metadata message = ToMessage(isShort ? metadata : metadata with { Subtasks = [] });
        message.SubtasksAreInFolder = !isShort;
        return message;
    }

    public static CheckpointMetadata FromMessage(Metadata message) => new(
        new CheckpointId(message.CheckpointId),
        message.Savepoint,
        message.JobName,
        message.MaxParallelism,
        message.Folder,
        [.. message.Subtasks.Select(FromMessage)])
    {
        AreSubtasksInFolder = message.SubtasksAreInFolder,
    };

    public static Snapshot ToMessage(SubtaskSnapshot snapshot) => new()
    {
        VertexId = snapshot.VertexId,
        Subtask = snapshot.SubtaskIndex,
        File = snapshot.File,
        SizeBytes = snapshot.SizeBytes,
        OperatorUids = { snapshot.OperatorUids },
    };

    public static SubtaskSnapshot FromMessage(Snapshot message) => new(
        message.VertexId, message.Subtask, message.File, message.SizeBytes, [.. message.OperatorUids]);
}
