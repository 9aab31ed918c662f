using System.Globalization;
using Millrace.Run.Jobs;
using Spectre.Console;

namespace Millrace.Run.Reports;

/// <summary>What a run prints once its jobs have ended: samples, caches, totals, places, failures.</summary>
internal sealed class FinalReport(IAnsiConsole console, ResultDatabase results, Places places)
{
    private const int SampleRowCount = 3;
    private const int CellWidth = 24;

    public void Write(IReadOnlyList<JobRun> runs, IReadOnlyDictionary<JobRun, long> rowCounts)
    {
        foreach (JobRun run in runs)
            WriteSample(run.Job, rowCounts[run]);
        foreach (JobRun run in runs.Where(run => run.Last.Lookups.Count > 0))
            WriteLookups(run);
        console.WriteLine();
        foreach (JobRun run in runs)
            WriteTotals(run, rowCounts[run]);
        console.WriteLine($"Results: {places.Results}");
        foreach (JobRun run in runs.Where(run => !run.HasFinished))
            WriteFailure(run);
    }

    /// <summary>Lines as they are: a path broken in two would help nobody.</summary>
    private void WriteFailure(JobRun run)
    {
        TextWriter writer = console.Profile.Out.Writer;
        writer.WriteLine($"{run.Job.Name} is {run.StateName}: {run.Last.Detail}");
        if (run.Last.Origin.Length > 0)
            writer.WriteLine($"  in {run.Last.Origin}");
    }

    private void WriteSample(CatalogJob job, long rowCount)
    {
        IReadOnlyList<string[]> sample = results.Sample(job, SampleRowCount);
        console.WriteLine();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{job.ResultTable}: {rowCount:N0} rows, the first by key:"));
        if (sample.Count < 2)
            return;
        if (sample[0].Length * 14 > console.Profile.Width)
            WriteUpright(sample);
        else
            WriteAcross(sample);
    }

    private void WriteAcross(IReadOnlyList<string[]> sample)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in sample[0])
            table.AddColumn(Markup.Escape(column));
        foreach (string[] row in sample.Skip(1))
            table.AddRow([.. row.Select(cell => Markup.Escape(Short(cell)))]);
        console.Write(table);
    }

    /// <summary>A table of many columns as a line for each column.</summary>
    private void WriteUpright(IReadOnlyList<string[]> sample)
    {
        int nameWidth = sample[0].Max(name => name.Length);
        for (int column = 0; column < sample[0].Length; column++)
        {
            IEnumerable<string> cells = sample.Skip(1).Select(row => Short(row[column]).PadRight(CellWidth));
            console.WriteLine(
                $"  {sample[0][column].PadRight(nameWidth)}  {string.Join("  ", cells)}".TrimEnd());
        }
    }

    private void WriteLookups(JobRun run)
    {
        console.WriteLine();
        console.WriteLine($"{run.Job.Name}, lookups:");
        foreach (LookupObservation lookup in run.Last.Lookups)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {lookup.Operator,-40} hits {lookup.Hits,10:N0}  misses {lookup.Misses,8:N0}  " +
                $"loads {lookup.Loads,8:N0}  latest load {lookup.LatestLoad.TotalMilliseconds,6:N1} ms"));
        }
    }

    private void WriteTotals(JobRun run, long rowCount) =>
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run.Job.Name,-17} {run.StateName}: {run.EventCount:N0} events in, {rowCount:N0} rows out, " +
            $"{run.Elapsed.TotalSeconds:N2} s, {run.EventsPerSecond:N0} events/s, " +
            $"{run.EventsPerCoreSecond:N0} events/s per core, " +
            $"{run.Last.Checkpoints} checkpoints, {run.Last.Restarts} restarts"));

    private static string Short(string cell) =>
        cell.Length <= CellWidth ? cell : cell[..(CellWidth - 1)] + "…";
}
