using System.Globalization;
using Millrace.Run.Jobs;

namespace Millrace.Run.Reports;

/// <summary>A job's progress in a line of fixed columns.</summary>
internal static class ProgressText
{
    public static string Of(JobRun run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.Job.Name,-17} {run.StateName,-12} {run.EventsRead,11:N0} events {run.EventsPerSecond,9:N0}/s" +
        $"  lag {run.Lag,9:N0}  checkpoints {run.Last.Checkpoints,3}  restarts {run.Last.Restarts,3}");
}
