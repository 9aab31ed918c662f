using System.Text.RegularExpressions;
using Millrace.Run.CommandLine;
using Millrace.Run.Events;

namespace Millrace.Run.Jobs;

/// <summary>Where a run reads and writes: the values of the jobs' variables, as absolute paths.</summary>
/// <param name="Events">The folder of the topics.</param>
/// <param name="Tables">The SQLite file of the dimension tables.</param>
/// <param name="Results">The SQLite file of the result tables.</param>
/// <param name="Out">The folder of everything that the run leaves.</param>
internal sealed partial record Places(string Events, string Tables, string Results, string Out)
{
    public static Places Of(RunOptions options)
    {
        string made = options.From ?? options.Out;
        return new Places(
            Path.GetFullPath(options.Variables.GetValueOrDefault("events", Path.Combine(made, "events"))),
            Path.GetFullPath(options.Variables.GetValueOrDefault("tables", Path.Combine(made, "tables.db"))),
            Path.GetFullPath(
                options.Variables.GetValueOrDefault("out", Path.Combine(options.Out, "results.db"))),
            Path.GetFullPath(options.Out));
    }

    /// <summary>What the topics of a job hold together.</summary>
    public TopicSize SizeOfTopics(CatalogJob job, PreparationRecord? record)
    {
        List<TopicSize> sizes = [.. TopicsIn(File.ReadAllText(job.SqlFile))
            .Select(topic => TopicSize.Of(Events, topic, record))];
        return new TopicSize(sizes.Sum(size => size.Events), sizes.Sum(size => size.Bytes));
    }

    /// <summary>What a job is to read must be there before the results of an earlier run go.</summary>
    /// <exception cref="BadInputException">Names the folder or file that is missing.</exception>
    public void RequireInput(IEnumerable<CatalogJob> jobs)
    {
        string? folder = jobs.SelectMany(job => TopicsIn(File.ReadAllText(job.SqlFile)))
            .Select(topic => Path.Combine(Events, topic)).Prepend(Events)
            .FirstOrDefault(path => !Directory.Exists(path));
        if (folder is not null)
            throw new BadInputException(
                $"There is no folder {folder}; --prepare-only DIR makes events and tables.");
        if (!File.Exists(Tables))
            throw new BadInputException(
                $"There is no file {Tables}; --prepare-only DIR makes events and tables.");
    }

    /// <summary>The variables that a text uses, each once.</summary>
    public static IEnumerable<string> VariablesIn(string sql) =>
        Variable().Matches(sql).Select(match => match.Groups[1].Value).Distinct();

    private static IEnumerable<string> TopicsIn(string sql) =>
        TopicPath().Matches(sql).Select(match => match.Groups[1].Value).Distinct();

    [GeneratedRegex(@"\$\{events\}/([A-Za-z0-9_-]+)")]
    private static partial Regex TopicPath();

    [GeneratedRegex(@"\$\{([^}\n]+)\}")]
    private static partial Regex Variable();
}
