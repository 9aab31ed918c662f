using System.Globalization;
using Millrace.JobManager.Configuration;
using Millrace.Run.CommandLine;
using Millrace.Run.Events;
using Millrace.Run.Jobs;

namespace Millrace.Run;

/// <summary>What the command line says instead of the jobs' YAML files.</summary>
internal static class JobOverrides
{
    /// <summary>A job's definition as this run wants it.</summary>
    /// <exception cref="Shared.Errors.MillraceException">
    /// Invalid: the YAML or an override is refused.
    /// </exception>
    public static JobDefinition Load(RunOptions options, Places places, CatalogJob job)
    {
        JobDefinition definition = JobDefinition.Load(
            job.YamlFile, Variables(options, places, job), Configuration(options, places, job));
        // What an earlier run left there belongs to no job any more.
        if (Directory.Exists(CheckpointFolder(places, job)))
            Directory.Delete(CheckpointFolder(places, job), recursive: true);
        return definition;
    }

    /// <summary>
    /// A variable that no job has would change nothing, and whoever gives it expects it to.
    /// </summary>
    /// <exception cref="BadInputException">
    /// Names the variable of <c>--set</c>, and those that there are.
    /// </exception>
    public static void CheckVariables(RunOptions options)
    {
        HashSet<string> known =
            [.. JobCatalog.All.SelectMany(job => Places.VariablesIn(File.ReadAllText(job.SqlFile)))];
        foreach (string name in options.Variables.Keys.Where(name => !known.Contains(name)))
            throw new BadInputException(
                $"--set {name}: no job has such a variable; there are: {string.Join(", ", known)}.");
    }

    /// <summary>Those that the job uses: what <c>--set</c> names, and the places of the run.</summary>
    public static Dictionary<string, string> Variables(RunOptions options, Places places, CatalogJob job)
    {
        Dictionary<string, string> all = new(options.Variables)
        {
            ["events"] = places.Events,
            ["tables"] = places.Tables,
            ["out"] = places.Results,
        };
        return Places.VariablesIn(File.ReadAllText(job.SqlFile)).Where(all.ContainsKey)
            .ToDictionary(name => name, name => all[name]);
    }

    /// <summary>Configuration of one job; what <c>--conf</c> says comes last and wins.</summary>
    public static Dictionary<string, string> Configuration(RunOptions options, Places places, CatalogJob job)
    {
        Dictionary<string, string> keys = new()
        {
            ["state_backend.checkpoint_dir"] = CheckpointFolder(places, job),
        };
        if (options.Parallelism is { } parallelism)
            keys["runtime.parallelism"] = parallelism.ToString(CultureInfo.InvariantCulture);
        if (options.KillEvery is not null)
        {
            keys["runtime.restart_strategy"] = "fixed-delay";
            keys["runtime.restart_attempts"] = int.MaxValue.ToString(CultureInfo.InvariantCulture);
            keys["runtime.restart_delay"] = "50ms";
            keys["checkpoint.interval"] = "100ms";
            keys["checkpoint.min_pause"] = "0ms";
        }
        foreach ((string key, string value) in options.Configuration)
            keys[key] = value;
        return keys;
    }

    private static string CheckpointFolder(Places places, CatalogJob job) =>
        Path.Combine(places.Out, "checkpoints", job.Name);
}
