using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.JobManager.Execution;

/// <summary>Whether a job can start from a checkpoint of another run.</summary>
internal static class RestoreCheck
{
    /// <exception cref="MillraceException">Invalid: the key groups differ, or state would be left
    /// behind.</exception>
    public static void Verify(CheckpointMetadata metadata, JobGraph graph, bool allowNonRestoredState)
    {
        if (metadata.MaxParallelism != graph.MaxParallelism)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The checkpoint at {metadata.Folder} has {metadata.MaxParallelism} key groups and job "
                + $"'{graph.Name}' has max_parallelism {graph.MaxParallelism}; set max_parallelism to "
                + $"{metadata.MaxParallelism}.");
        InFlightRecords.Verify(metadata, graph);
        if (allowNonRestoredState) return;
        HashSet<string> known =
            [.. graph.Vertices.SelectMany(v => v.Chain).Select(o => o.Uid), InFlightRecords.Uid];
        List<string> unknown =
            [.. metadata.Subtasks.SelectMany(s => s.OperatorUids).Distinct().Where(u => !known.Contains(u))];
        if (unknown.Count == 0) return;
        throw new MillraceException(
            ErrorKind.Invalid,
            $"The checkpoint at {metadata.Folder} (job '{metadata.JobName}') holds state of operators that "
            + $"job '{graph.Name}' does not have: {string.Join(", ", unknown.Take(5))}. "
            + "--allow-non-restored-state drops it.");
    }
}
