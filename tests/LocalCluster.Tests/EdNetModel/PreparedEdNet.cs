using Millrace.Run.EdNet;
using Xunit;

namespace Millrace.LocalCluster.Tests.EdNetModel;

/// <summary>EdNet's events and tables, made once for all tests of the collection; nothing may change them.</summary>
public sealed class PreparedEdNet : IDisposable
{
    private readonly TempFolder _folder = new();

    public PreparedEdNet() => Prepare(_folder.Path, copyCount: 1, eventFiles: null);

    public string Folder => _folder.Path;

    public string Events => _folder.File("events");

    public string Tables => _folder.File("tables.db");

    public static void Prepare(string folder, int copyCount, IReadOnlyList<string>? eventFiles) =>
        EdNetPreparation.Write(folder, Repository.EdNet, Path.Combine(Repository.Root, "jobs", "ddl", "sqlite"),
            copyCount, eventFiles);

    public void Dispose() => _folder.Dispose();
}

[CollectionDefinition(Name)]
public sealed class PreparedEdNetGroup : ICollectionFixture<PreparedEdNet>
{
    public const string Name = "prepared EdNet";
}
