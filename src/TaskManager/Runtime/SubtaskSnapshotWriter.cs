using System.Collections.Immutable;
using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.State;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// The asynchronous half of a checkpoint: writes the collected snapshots of one subtask to its file.
/// </summary>
internal static class SubtaskSnapshotWriter
{
    /// <exception cref="IOException">
    /// The file cannot be written in full; what is there of it counts for nothing. Nor can it where the folder
    /// is gone: then the checkpoint was given up, and must not come back.
    /// </exception>
    public static SubtaskSnapshot Write(
        ICheckpointFiles files,
        SubtaskDescriptor subtask,
        Barrier barrier,
        IReadOnlyList<(string Uid, IStateSnapshot Snapshot)> snapshots)
    {
        string vertex = subtask.Graph.Vertices[subtask.Id.Vertex].Id;
        if (snapshots.Count == 0) return new SubtaskSnapshot(vertex, subtask.Id.SubtaskIndex, "", 0, []);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{vertex}-{subtask.Id.SubtaskIndex}-{subtask.Id.Attempt}");
        using var writer = new SnapshotWriter(files, Path.Combine(barrier.Folder, name));
        foreach ((string uid, IStateSnapshot snapshot) in snapshots)
        {
            writer.BeginOperator(uid);
            snapshot.WriteTo(writer);
        }
        writer.Complete();
        ImmutableArray<string> uids = [.. snapshots.Select(s => s.Uid)];
        return new SubtaskSnapshot(vertex, subtask.Id.SubtaskIndex, name, writer.SizeBytes, uids);
    }

    /// <summary>
    /// The state of one operator in a checkpoint, for the key groups of the subtask; null where it has none.
    /// </summary>
    public static IStateReader? ReaderFor(
        ICheckpointFiles files, CheckpointMetadata checkpoint, OperatorContext context)
    {
        string[] paths =
        [
            .. checkpoint.Subtasks
                .Where(s => s.OperatorUids.Contains(context.OperatorUid))
                .Select(s => Path.Combine(checkpoint.Folder, s.File)),
        ];
        return paths.Length == 0
            ? null
            : new SnapshotReader(files, paths, context.OperatorUid, context.KeyGroupRange);
    }
}
