using Millrace.Run.Jobs;
using Spectre.Console;

namespace Millrace.Run.Reports;

/// <summary>A bar for each job, on a terminal.</summary>
internal sealed class ProgressBars(IAnsiConsole console) : IProgressDisplay
{
    public Task ShowAsync(IReadOnlyList<JobRun> runs, Func<Action, Task> work) => console.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
            new PercentageColumn())
        .StartAsync(async context =>
        {
            List<(JobRun Run, ProgressTask Bar)> bars = [.. runs.Select(run =>
                (run, context.AddTask(ProgressText.Of(run), maxValue: Math.Max(run.EventCount, 1))))];
            await work(() => Update(bars));
            Update(bars);
        });

    private static void Update(List<(JobRun Run, ProgressTask Bar)> bars)
    {
        foreach ((JobRun run, ProgressTask bar) in bars)
        {
            bar.Description = Markup.Escape(ProgressText.Of(run));
            bar.Value = run.EventCount == 0 && run.HasEnded ? 1 : run.EventsRead;
        }
    }
}
