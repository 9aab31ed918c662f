using System.Text.Json;
using System.Text.Json.Serialization;
using Millrace.Run.Jobs;

namespace Millrace.Run.Reports;

/// <summary>The figures of a run for other programs (<c>--json</c>).</summary>
internal sealed record JsonReport(IReadOnlyList<JsonReport.JobFigures> Jobs, long PeakMemoryBytes)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <param name="Events">What the job's topics hold, each event once.</param>
    /// <param name="Rows">What its result table holds.</param>
    internal sealed record JobFigures(
        string Job, string State, long Events, long Rows, double Seconds, double CpuSeconds,
        double EventsPerSecond,
        double EventsPerCoreSecond, long Checkpoints, int Restarts,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure);

    public static JobFigures FiguresOf(JobRun run, long rowCount) => new(
        run.Job.Name, run.StateName, run.EventCount, rowCount, run.Elapsed.TotalSeconds,
        run.ProcessorTime.TotalSeconds, run.EventsPerSecond, run.EventsPerCoreSecond, run.Last.Checkpoints,
        run.Last.Restarts, run.HasFinished ? null : run.Last.Detail);

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
}
