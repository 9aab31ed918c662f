using Millrace.Run.Jobs;

namespace Millrace.Run.Reports;

/// <summary>
/// A line for each job about once a second, where there is no terminal; none once it has ended.
/// </summary>
internal sealed class ProgressLines(TextWriter writer, TimeProvider time) : IProgressDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task ShowAsync(IReadOnlyList<JobRun> runs, Func<Action, Task> work)
    {
        HashSet<JobRun> ended = [];
        long written = time.GetTimestamp();
        await work(() =>
        {
            bool due = time.GetElapsedTime(written) >= Pause;
            foreach (JobRun run in runs.Where(run => !ended.Contains(run) && (due || run.HasEnded)))
            {
                writer.WriteLine(ProgressText.Of(run));
                if (run.HasEnded)
                    ended.Add(run);
            }
            if (due)
                written = time.GetTimestamp();
        });
    }
}
