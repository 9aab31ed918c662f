using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Status;

/// <summary>A job's report as clients see it.</summary>
internal static class StatusCodec
{
    public static JobStatus FromMessage(JobReport report) => new(
        new JobId(report.JobId),
        report.Name,
        (JobState)report.State,
        report.Attempt,
        report.Restarts,
        Instant(report.SubmittedAt),
        report.RunningSince == 0 ? null : Instant(report.RunningSince),
        report.EndedAt == 0 ? null : Instant(report.EndedAt),
        report.Detail,
        [.. report.Vertices.Select(Vertex)],
        report.CheckpointsCompleted,
        report.CheckpointsFailed,
        [.. report.Checkpoints.Select(Checkpoint)],
        [.. report.Exceptions.Select(Failure)]);

    private static VertexStatus Vertex(VertexReport vertex) => new(
        vertex.VertexId,
        vertex.Name,
        vertex.Parallelism,
        vertex.Running,
        [.. vertex.Operators.Select(o => new OperatorStatus(o.Uid, o.Name, Numbers(vertex, o.Uid)))],
        Numbers(vertex, ""));

    private static List<IReadOnlyDictionary<string, double>> Numbers(VertexReport vertex, string uid) =>
    [
        .. vertex.Subtasks.SelectMany(s => s.Operators).Where(o => o.Uid == uid)
            .Select(o => new Dictionary<string, double>(o.Values)),
    ];

    private static CheckpointStatus Checkpoint(CheckpointReport checkpoint) => new(
        checkpoint.CheckpointId,
        checkpoint.Savepoint,
        checkpoint.Folder,
        Instant(checkpoint.TriggeredAt),
        TimeSpan.FromMilliseconds(checkpoint.DurationMs),
        checkpoint.SizeBytes,
        checkpoint.Failure.Length == 0 ? null : checkpoint.Failure);

    private static ExceptionStatus Failure(ExceptionReport failure) =>
        new(Instant(failure.At), failure.Attempt, (ErrorKind)failure.Kind, failure.Origin, failure.Message);

    private static DateTimeOffset Instant(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
