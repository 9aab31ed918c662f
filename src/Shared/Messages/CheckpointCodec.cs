using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;

namespace Millrace.Shared.Messages;

/// <summary>Checkpoint metadata and snapshots as they travel.</summary>
public static class CheckpointCodec
{
    public static Metadata ToMessage(CheckpointMetadata metadata) => new()
    {
        CheckpointId = metadata.Checkpoint.Value,
        Savepoint = metadata.IsSavepoint,
        JobName = metadata.JobName,
        MaxParallelism = metadata.MaxParallelism,
        Folder = metadata.Folder,
        Subtasks = { metadata.Subtasks.Select(ToMessage) },
    };

    public static CheckpointMetadata FromMessage(Metadata message) => new(
        new CheckpointId(message.CheckpointId),
        message.Savepoint,
        message.JobName,
        message.MaxParallelism,
        message.Folder,
        [.. message.Subtasks.Select(FromMessage)]);

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
