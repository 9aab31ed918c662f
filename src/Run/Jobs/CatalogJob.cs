namespace Millrace.Run.Jobs;

/// <param name="Name">What <c>--only</c> takes; also the name of its files below <c>jobs/</c>.</param>
/// <param name="ResultTable">The table that it fills in <c>${out}</c>.</param>
/// <param name="Key">The primary key of that table, for a sample in a stable order.</param>
internal sealed record CatalogJob(string Name, string ResultTable, string Key)
{
    /// <summary>Where its files are.</summary>
    public string Folder { get; init; } = Path.Combine(RepositoryFiles.Root, "jobs");

    public string YamlFile => Path.Combine(Folder, $"{Name}.yaml");

    public string SqlFile => Path.Combine(Folder, $"{Name}.sql");
}
