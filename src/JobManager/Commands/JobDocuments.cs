using System.Text.Json.Nodes;
using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Jobs as the documents that commands answer with; instants are milliseconds since the epoch.
/// </summary>
internal static class JobDocuments
{
    /// <summary>Flink's name.</summary>
    public static string State(JobStateCode state) => ((JobState)state).ToString().ToUpperInvariant();

    public static JsonArray List(JobList list) =>
    [
        .. list.Jobs.Select(j => new JsonObject
        {
            ["id"] = j.JobId,
            ["name"] = j.Name,
            ["state"] = State(j.State),
            ["attempt"] = j.Attempt,
            ["restarts"] = j.Restarts,
        }),
    ];

    /// <summary>A job with its vertices and operators.</summary>
    public static JsonObject Job(JobReport report)
    {
        JsonObject job = Head(report);
        job["vertices"] = new JsonArray([.. report.Vertices.Select(Vertex)]);
        job["operators"] = new JsonArray([.. report.Vertices.SelectMany(Operators)]);
        return job;
    }

    /// <summary>What a live view shows: the job's progress in its sources, and its vertices.</summary>
    public static JsonObject Progress(JobReport report, JobProgress progress)
    {
        JsonObject job = Head(report);
        job["records"] = progress.Records;
        job["recordsPerSecond"] = progress.RecordsPerSecond;
        job["pendingBytes"] = progress.PendingBytes;
        job["progress"] = progress.Share;
        job["vertices"] = new JsonArray([.. report.Vertices.Select(Vertex)]);
        return job;
    }

    /// <summary>Newest first.</summary>
    public static JsonArray Checkpoints(JobReport report) =>
    [
        .. report.Checkpoints.Reverse().Select(c => new JsonObject
        {
            ["id"] = c.CheckpointId,
            ["kind"] = c.Savepoint ? "savepoint" : "checkpoint",
            ["state"] = c.Failure.Length == 0 ? "COMPLETED" : "FAILED",
            ["triggeredAt"] = c.TriggeredAt,
            ["duration"] = c.DurationMs,
            ["bytes"] = c.SizeBytes,
            ["folder"] = c.Folder,
            ["failure"] = c.Failure,
        }),
    ];

    /// <summary>Newest first.</summary>
    public static JsonArray Exceptions(JobReport report) =>
    [
        .. report.Exceptions.Reverse().Select(e => new JsonObject
        {
            ["at"] = e.At,
            ["attempt"] = e.Attempt,
            ["kind"] = ((ErrorKind)e.Kind).ToString(),
            ["origin"] = e.Origin,
            ["message"] = e.Message,
        }),
    ];

    private static JsonObject Head(JobReport report) => new()
    {
        ["id"] = report.JobId,
        ["name"] = report.Name,
        ["state"] = State(report.State),
        ["attempt"] = report.Attempt,
        ["restarts"] = report.Restarts,
        ["submittedAt"] = report.SubmittedAt,
        ["runningSince"] = Instant(report.RunningSince),
        ["endedAt"] = Instant(report.EndedAt),
        ["running"] = report.Vertices.Sum(v => v.Running),
        ["subtasks"] = report.Vertices.Sum(v => v.Parallelism),
        ["checkpoints"] = report.CheckpointsCompleted,
        ["failedCheckpoints"] = report.CheckpointsFailed,
        ["detail"] = report.Detail,
    };

    private static JsonNode? Instant(long milliseconds) => milliseconds == 0 ? null : milliseconds;

    private static JsonObject Vertex(VertexReport vertex) => new()
    {
        ["id"] = vertex.VertexId,
        ["name"] = vertex.Name,
        ["parallelism"] = vertex.Parallelism,
        ["running"] = vertex.Running,
        ["recordsIn"] = Sum(vertex, vertex.Operators.FirstOrDefault()?.Uid, "numRecordsIn"),
        ["recordsOut"] = Sum(vertex, vertex.Operators.LastOrDefault()?.Uid, "numRecordsOut"),
    };

    private static IEnumerable<JsonObject> Operators(VertexReport vertex) =>
        vertex.Operators.Select(o => new JsonObject
        {
            ["uid"] = o.Uid,
            ["name"] = o.Name,
            ["parallelism"] = vertex.Parallelism,
            ["recordsIn"] = Sum(vertex, o.Uid, "numRecordsIn"),
            ["recordsOut"] = Sum(vertex, o.Uid, "numRecordsOut"),
        });

    private static long Sum(VertexReport vertex, string? uid, string metric) => (long)vertex.Subtasks
        .SelectMany(s => s.Operators).Where(o => o.Uid == uid)
        .Sum(o => o.Values.GetValueOrDefault(metric));
}
