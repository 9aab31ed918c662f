using System.Collections.Immutable;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// The section of a snapshot file with the records that a barrier has overtaken (unaligned checkpoints). They
/// belong to the inputs of one subtask and go back to the same one.
/// </summary>
public static class InFlightRecords
{
    /// <summary>Stands for an operator's uid; no operator has it.</summary>
    public const string Uid = "#in-flight";

    /// <returns>The subtask's snapshot if it has such records, or null.</returns>
    /// <exception cref="MillraceException">Invalid: the vertex had another parallelism, and some of its
    /// subtasks have such records.</exception>
    public static SubtaskSnapshot? Find(
        CheckpointMetadata checkpoint, string vertexId, int parallelism, int subtask)
    {
        ImmutableArray<SubtaskSnapshot> written = [.. checkpoint.Subtasks.Where(s => s.VertexId == vertexId)];
        if (!written.Any(s => s.OperatorUids.Contains(Uid))) return null;
        if (written.Length != parallelism)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Checkpoint {checkpoint.Checkpoint} at {checkpoint.Folder} is unaligned: it holds records "
                + $"that were on their way to {written.Length} subtasks of {vertexId}, which cannot be "
                + $"divided among {parallelism}. Restore it at parallelism {written.Length}, or take a savepoint "
                + "and restore that.");
        return written.FirstOrDefault(s => s.SubtaskIndex == subtask && s.OperatorUids.Contains(Uid));
    }

    /// <summary>Whether every vertex that such records go to is there with as many subtasks.</summary>
    /// <param name="parallelismOf">Of the vertex with that id; null: there is none.</param>
    /// <exception cref="MillraceException">Invalid: it is not.</exception>
    public static void Verify(CheckpointMetadata checkpoint, Func<string, int?> parallelismOf)
    {
        foreach (string vertex in checkpoint.Subtasks
            .Where(s => s.OperatorUids.Contains(Uid)).Select(s => s.VertexId).Distinct())
            Find(checkpoint, vertex, parallelismOf(vertex) ?? 0, 0);
    }
}
