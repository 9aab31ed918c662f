namespace Millrace.JobManager.Configuration;

/// <summary>A job as its YAML file defines it, variables substituted.</summary>
public sealed record JobDefinition
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public int Parallelism { get; init; } = 1;

    public int MaxParallelism { get; init; } = 128;

    public JobOptions Options { get; init; } = new();

    public ResourceOptions Resources => Options.Resources;

    /// <summary>The SQL with its variables substituted.</summary>
    public required string Sql { get; init; }

    /// <summary>Where the SQL came from, for messages.</summary>
    public required string SqlFile { get; init; }

    /// <summary>The variables with their values after overrides.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a YAML file and the SQL file that it names. Format: docs/job-files.md.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="variables">Values that win over those of the file (<c>--set name=value</c>).</param>
    /// <param name="settings">Keys below <c>job_config</c> that win over those of the file (<c>--conf
    /// a.b=value</c>).</param>
    /// <exception cref="Shared.Errors.MillraceException">Invalid, naming file, line and column.</exception>
    public static JobDefinition Load(
        string path,
        IReadOnlyDictionary<string, string>? variables = null,
        IReadOnlyDictionary<string, string>? settings = null) =>
        Load(path, JobFiles.OnDisk, variables, settings);

    /// <summary>As the other one, with the files where they are.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Invalid, naming file, line and column.</exception>
    public static JobDefinition Load(
        string path,
        JobFiles files,
        IReadOnlyDictionary<string, string>? variables = null,
        IReadOnlyDictionary<string, string>? settings = null) =>
        new JobDefinitionReader(path, files, variables ?? NoValues, settings ?? NoValues).Read();

    private static readonly IReadOnlyDictionary<string, string> NoValues = new Dictionary<string, string>();
}
