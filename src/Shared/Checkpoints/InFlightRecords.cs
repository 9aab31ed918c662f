using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// The section of a snapshot file with the records that a barrier has overtaken (unaligned checkpoints). They
/// belong to the channels of one subtask and go back to the same ones.
/// </summary>
public static class InFlightRecords
{
    /// <summary>Stands for an operator's uid; no operator has it.</summary>
    public const string Uid = "#in-flight";

    /// <returns>The subtask's snapshot if it has such records, or null.</returns>
    public static SubtaskSnapshot? Find(CheckpointMetadata checkpoint, string vertexId, int subtask) =>
        checkpoint.Subtasks.FirstOrDefault(
            s => s.VertexId == vertexId && s.SubtaskIndex == subtask && s.OperatorUids.Contains(Uid));

    /// <summary>
    /// Whether a checkpoint that has such records was taken of the same vertices at the same parallelism.
    /// </summary>
    /// <exception cref="MillraceException">Invalid: it was not.</exception>
    public static void Verify(CheckpointMetadata checkpoint, JobGraph graph)
    {
        if (!checkpoint.Subtasks.Any(s => s.OperatorUids.Contains(Uid))) return;
        foreach (var written in checkpoint.Subtasks.GroupBy(s => s.VertexId))
        {
            int count = written.Count();
            int now = graph.Vertices.FirstOrDefault(v => v.Id == written.Key)?.Parallelism ?? 0;
            if (count == now) continue;
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Checkpoint {checkpoint.Checkpoint} at {checkpoint.Folder} is unaligned: it holds records "
                + $"on their way between subtasks, and {written.Key} had {count} of them, now {now}. Restore "
                + "it with the same SQL and parallelism, or take a savepoint and restore that.");
        }
    }
}
