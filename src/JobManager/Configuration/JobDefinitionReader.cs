using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Millrace.JobManager.Configuration;

/// <summary>
/// Reads the job file of the specification's B.1: every key is honoured or refused by its name and place.
/// </summary>
internal sealed class JobDefinitionReader(
    string path,
    JobFiles files,
    IReadOnlyDictionary<string, string> variables,
    IReadOnlyDictionary<string, string> settings)
{
    private readonly ConfigOverrides _overrides = new(settings);

    public JobDefinition Read()
    {
        var top = new ConfigSection(path, "", Parse(), _overrides);
        var job = top.Section("job_config");
        string name = job.Value("name")?.Text
            ?? throw new MillraceException(
                ErrorKind.Invalid, $"{job.Place()}: 'job_config.name' is missing: write the job's name.");
        string description = job.Value("description")?.Text ?? "";
        RuntimeOptions runtime = Runtime(job.Section("runtime"));
        CheckpointOptions checkpoint = Checkpoint(job.Section("checkpoint"));
        checkpoint = checkpoint with { Directory = StateBackend(job.Section("state_backend")) };
        ResourceOptions resources = Resources(job.Section("resources"));
        job.Close();
        Dictionary<string, string> values = Variables(top.Section("variables"));
        (string sql, string sqlFile) = Sql(top);
        RefuseUnknownVariables(top.Section("variables"), sql);
        top.Close();
        _overrides.Close();
        return new JobDefinition
        {
            Name = name,
            Description = description,
            Parallelism = runtime.Parallelism,
            MaxParallelism = runtime.MaxParallelism,
            Options = new JobOptions
            {
                Restart = runtime.Restart ?? RestartReader.Default(checkpoint),
                Checkpoint = checkpoint,
                Resources = resources,
                SlotTimeout = runtime.SlotTimeout,
            },
            Sql = SqlVariables.Substitute(sql, sqlFile, values),
            SqlFile = sqlFile,
            Variables = values,
        };
    }

    private YamlMappingNode Parse()
    {
        string content = files.Read(path)
            ?? throw new MillraceException(ErrorKind.Invalid, $"The job file {path} does not exist.");
        try
        {
            using var text = new StringReader(content);
            var yaml = new YamlStream();
            yaml.Load(text);
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw new MillraceException(ErrorKind.Invalid,
                    $"{path}: a job file is one YAML document with the section job_config.");
        }
        catch (YamlException e)
        {
            throw new MillraceException(ErrorKind.Invalid,
                $"{path}:{e.Start.Line}:{e.Start.Column}: This is not YAML: {e.Message}", e);
        }
    }

    private static RuntimeOptions Runtime(ConfigSection section)
    {
        int parallelism = section.Value("parallelism")?.Int(1, KeyGroups.UpperBoundMaxParallelism) ?? 1;
        ConfigValue? max = section.Value("max_parallelism");
        int maxParallelism = max?.Int(1, KeyGroups.UpperBoundMaxParallelism)
            ?? KeyGroups.DefaultMaxParallelismFor(parallelism);
        if (parallelism > maxParallelism)
            throw max!.Refused($"max_parallelism {maxParallelism} is below parallelism {parallelism}.");
        TimeSpan slotTimeout = section.Value("slot_timeout") is { } timeout
            ? Positive(timeout)
            : new JobOptions().SlotTimeout;
        RestartOptions? restart = RestartReader.Read(section);
        section.Close();
        return new RuntimeOptions(parallelism, maxParallelism, slotTimeout, restart);
    }

    private static CheckpointOptions Checkpoint(ConfigSection section)
    {
        var defaults = new CheckpointOptions();
        ConfigValue? interval = section.Value("interval");
        if (interval is not null && interval.Duration() <= TimeSpan.Zero)
            throw interval.Refused(
                "'checkpoint.interval' must be above 0; leave it out to take no checkpoints.");
        var options = new CheckpointOptions
        {
            Interval = interval?.Duration(),
            Timeout = section.Value("timeout") is { } timeout ? Positive(timeout) : defaults.Timeout,
            MinPause = section.Value("min_pause")?.Duration() ?? defaults.MinPause,
            AlignedTimeout = section.Value("aligned_timeout")?.Duration() ?? defaults.AlignedTimeout,
            MaxConcurrent = section.Value("max_concurrent")?.Int(1, 100) ?? defaults.MaxConcurrent,
            TolerableFailures = section.Value("tolerable_failures")?.Int(0, int.MaxValue)
                ?? defaults.TolerableFailures,
            Retained = section.Value("num_retained")?.Int(1, 1000) ?? defaults.Retained,
            Cleanup = section.Value("cleanup_mode")?.OneOf(
                ("RETAIN_ON_CANCELLATION", CheckpointCleanup.RetainOnCancellation),
                ("DELETE_ON_CANCELLATION", CheckpointCleanup.DeleteOnCancellation),
                ("NO_EXTERNALIZED_CHECKPOINTS", CheckpointCleanup.DeleteAlways)) ?? defaults.Cleanup,
        };
        section.Close();
        return options;
    }

    /// <returns>The checkpoint folder; null where the file names none.</returns>
    private string? StateBackend(ConfigSection section)
    {
        if (section.Value("type") is { } type
            && !type.Text.Equals("hashmap", StringComparison.OrdinalIgnoreCase))
            throw type.Refused(type.Text is "rocksdb"
                ? "The state backend 'rocksdb' is not supported yet; write hashmap."
                : $"There is no state backend '{type.Text}'; write hashmap.");
        ConfigValue? folder = section.Value("checkpoint_dir");
        section.Close();
        if (folder is null) return null;
        if (Uri.TryCreate(folder.Text, UriKind.Absolute, out Uri? uri)
            && folder.Text.Contains("://", StringComparison.Ordinal))
            return uri.IsFile
                ? uri.LocalPath
                : throw folder.Refused(
                    $"Checkpoints on '{uri.Scheme}://' are not supported yet; name a local folder.");
        return files.Locate(folder.Text);
    }

    private static ResourceOptions Resources(ConfigSection section)
    {
        ConfigSection jobManager = section.Section("jobmanager");
        ConfigSection taskManager = section.Section("taskmanager");
        var resources = new ResourceOptions
        {
            JobManagerMemoryBytes = jobManager.Value("memory")?.Bytes(),
            JobManagerCpu = jobManager.Value("cpu")?.Number(),
            TaskManagerMemoryBytes = taskManager.Value("memory")?.Bytes(),
            TaskManagerCpu = taskManager.Value("cpu")?.Number(),
            TaskManagerSlots = taskManager.Value("slots")?.Int(1, 10_000),
        };
        jobManager.Close();
        taskManager.Close();
        section.Close();
        return resources;
    }

    private Dictionary<string, string> Variables(ConfigSection section)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ConfigValue value in section.Values()) values[value.Key["variables.".Length..]] = value.Text;
        foreach ((string name, string text) in variables) values[name] = text;
        return values;
    }

    private (string Text, string File) Sql(ConfigSection top)
    {
        ConfigValue named = top.Value("sql")
            ?? throw new MillraceException(ErrorKind.Invalid,
                $"{path}: 'sql' is missing: name the job's SQL file, relative to this one.");
        string file = Path.Combine(Path.GetDirectoryName(path) ?? "", named.Text);
        return files.Read(file) is { } text
            ? (text, file)
            : throw named.Refused($"The SQL file {file} does not exist.");
    }

    private static TimeSpan Positive(ConfigValue value)
    {
        TimeSpan duration = value.Duration();
        return duration > TimeSpan.Zero ? duration : throw value.Wrong("a duration above 0");
    }

    /// <summary>It would change nothing, and whoever gives it expects it to.</summary>
    private void RefuseUnknownVariables(ConfigSection section, string sql)
    {
        List<string> known = [.. section.Values().Select(v => v.Key["variables.".Length..])];
        foreach (string name in variables.Keys)
            if (!known.Contains(name) && !sql.Contains($"${{{name}}}", StringComparison.Ordinal))
                throw new MillraceException(
                    ErrorKind.Invalid,
                    $"--set {name}: The job has no such variable; "
                    + (known.Count == 0 ? "it has none." : ConfigSection.Suggest(name, known) + "."));
    }

    private sealed record RuntimeOptions(
        int Parallelism, int MaxParallelism, TimeSpan SlotTimeout, RestartOptions? Restart);
}
