namespace Millrace.Run.CommandLine;

/// <summary>
/// What one call of <c>./run</c> is asked to do; checked for options that exclude each other.
/// </summary>
internal sealed record RunOptions
{
    /// <summary>Where results, and events and tables that are made, lie.</summary>
    public string Out { get; init; } = "out";

    /// <summary>Names of <see cref="Jobs.JobCatalog"/>; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Make events and tables in this folder and stop.</summary>
    public string? PrepareOnly { get; init; }

    /// <summary>Run on events and tables that were made in this folder.</summary>
    public string? From { get; init; }

    /// <summary>Overrides the parallelism of every job.</summary>
    public int? Parallelism { get; init; }

    /// <summary>How many copies of EdNet are made.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Fail a random running subtask that often.</summary>
    public TimeSpan? KillEvery { get; init; }

    /// <summary>Other events instead of EdNet's; null for EdNet's.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>Where the figures go as JSON.</summary>
    public string? Json { get; init; }

    /// <summary>Variables of the jobs.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys below <c>job_config</c>, their path joined by dots.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } =
        new Dictionary<string, string>();
}
