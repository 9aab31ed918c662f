using Millrace.Run.EdNet;
using Xunit;

namespace Millrace.LocalCluster.Tests.EdNetModel;

/// <summary>
/// EdNet's events and tables, made once for all tests of the collection; nothing may change them.
/// </summary>
public sealed class PreparedEdNet : IDisposable
{
    /// <summary>So many copies make a job last long enough to be disturbed.</summary>
    public const int CopyCount = 10;

    private readonly TempFolder _folder = new();
    private readonly Lazy<TempFolder> _copies = new(() =>
    {
        TempFolder copies = new();
        Prepare(copies.Path, CopyCount, eventFiles: null);
        return copies;
    });

    public PreparedEdNet() => Prepare(_folder.Path, copyCount: 1, eventFiles: null);

    public string Folder => _folder.Path;

    public string Events => _folder.File("events");

    public string Tables => _folder.File("tables.db");

    /// <summary>A folder with <see cref="CopyCount"/> copies.</summary>
    public string Copies => _copies.Value.Path;

    public static void Prepare(string folder, int copyCount, IReadOnlyList<string>? eventFiles) =>
        EdNetPreparation.Write(
            folder, Repository.EdNet, Path.Combine(Repository.Root, "jobs", "ddl", "sqlite"),
            copyCount, eventFiles);

    public void Dispose()
    {
        _folder.Dispose();
        if (_copies.IsValueCreated)
            _copies.Value.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PreparedEdNetGroup : ICollectionFixture<PreparedEdNet>
{
    public const string Name = "prepared EdNet";
}
