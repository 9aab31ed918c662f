using System.Diagnostics;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.Local;
using Millrace.Run.CommandLine;
using Millrace.Run.Events;
using Millrace.Run.Jobs;
using Millrace.Run.Reports;
using Spectre.Console;

namespace Millrace.Run;

/// <summary>
/// One call of <c>./run</c>: prepare, start a cluster, submit the jobs, watch them, report.
/// </summary>
/// <param name="catalog">What it starts; null: the jobs that the options select.</param>
internal sealed class Runner(
    RunOptions options, IAnsiConsole console, TimeProvider time, IReadOnlyList<CatalogJob>? catalog = null)
{
    private const int SlotsPerParallelism = 3, LeastSlots = 4;

    /// <returns>The exit code: 0 only when every job has finished.</returns>
    /// <exception cref="BadInputException">The sample or an event file cannot be used.</exception>
    /// <exception cref="Shared.Errors.MillraceException">A job is refused.</exception>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        if (options.PrepareOnly is { } folder)
        {
            CheckEvents();
            Announce(folder);
            MakeFolder(folder);
            Preparation.Renew(folder, options);
            return 0;
        }

        CheckEvents();
        JobOverrides.CheckVariables(options);
        Places places = Places.Of(options);
        List<(CatalogJob Job, JobDefinition Definition)> jobs =
            [.. (catalog ?? JobCatalog.Select(options.Only)).Select(job =>
            (job, JobOverrides.Load(options, places, job)))];
        MakeFolder(places.Out);
        if (options.Json is { } json)
            MakeFolder(Path.GetDirectoryName(Path.GetFullPath(json))!);
        // The cluster comes up while the events are made.
        int slots = Math.Max(LeastSlots, SlotsPerParallelism * jobs.Max(job => job.Definition.Parallelism));
        Task<LocalCluster> starting = Task.Run(
            () => LocalCluster.StartAsync(new LocalClusterOptions { SlotsPerTaskManager = slots }, cancel),
            cancel);
        PreparationRecord? record = await BesideAsync(starting, () =>
        {
            PreparationRecord? made = Preparation.Ensure(options, () => Announce(options.Out));
            places.RequireInput(jobs.Select(job => job.Job));
            // Before results of an earlier run go; the JobManager plans again.
            foreach ((_, JobDefinition definition) in jobs) LocalCluster.Validate(definition);
            return made;
        });
        await using LocalCluster cluster = await starting;

        ResultDatabase results = new(places.Results);
        results.Empty(jobs.Select(job => job.Job));
        List<JobRun> runs = [];
        foreach ((CatalogJob job, JobDefinition definition) in jobs)
        {
            JobId id = await cluster.SubmitAsync(definition, cancel: cancel);
            runs.Add(new JobRun(job, id, places.SizeOfTopics(job, record), time));
        }
        await Display().ShowAsync(runs, observed =>
            new Watch(cluster, runs, time).UntilEndedAsync(options.KillEvery, observed, cancel));
        return Report(runs, results, places);
    }

    private static async Task<T> BesideAsync<T>(Task<LocalCluster> starting, Func<T> work)
    {
        try
        {
            return work();
        }
        catch
        {
            await starting.ContinueWith(async started => await (await started).DisposeAsync(),
                TaskContinuationOptions.OnlyOnRanToCompletion).Unwrap();
            throw;
        }
    }

    /// <summary>Before anything is replaced.</summary>
    private void CheckEvents()
    {
        if (options.Events?.FirstOrDefault(file => !File.Exists(file)) is { } missing)
            throw new BadInputException(Directory.Exists(missing)
                ? $"--events {missing} is a folder; name its files."
                : $"--events {missing}: there is no such file.");
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The folder {folder} cannot be made: {e.Message}", e);
        }
    }

    private void Announce(string folder) =>
        console.WriteLine(
            $"Preparing {(options.Events is null ? "EdNet" : "events")} in {Path.GetFullPath(folder)}");

    private IProgressDisplay Display() => console.Profile.Out.IsTerminal
        ? new ProgressBars(console)
        : new ProgressLines(console.Profile.Out.Writer, time);

    private int Report(List<JobRun> runs, ResultDatabase results, Places places)
    {
        Dictionary<JobRun, long> rowCounts = runs.ToDictionary(run => run, run => results.CountRows(run.Job));
        new FinalReport(console, results, places).Write(runs, rowCounts);
        if (options.Json is { } path)
        {
            using Process self = Process.GetCurrentProcess();
            new JsonReport(
                [.. runs.Select(run => JsonReport.FiguresOf(run, rowCounts[run]))], self.PeakWorkingSet64)
                .Write(path);
        }
        return runs.TrueForAll(run => run.HasFinished) ? 0 : 1;
    }
}
