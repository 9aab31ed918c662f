using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Xunit;

namespace Millrace.LocalCluster.Tests;

/// <summary>Holds the references between projects that ARCHITECTURE.md draws.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Shared"] = [],
        ["Operators"] = ["Shared"],
        ["Connectors"] = ["Shared", "Operators"],
        ["Sql"] = ["Shared", "Operators"],
        ["TaskManager"] = ["Shared", "Operators", "Connectors"],
        ["CommandProtocol"] = [],
        ["JobManager"] = ["Shared", "Operators", "Sql", "Connectors", "CommandProtocol"],
        ["LocalCluster"] =
            ["Shared", "Operators", "Sql", "Connectors", "CommandProtocol", "TaskManager", "JobManager"],
        ["ProcessCluster"] =
            ["Shared", "Operators", "Sql", "Connectors", "CommandProtocol", "TaskManager", "JobManager"],
        ["Run"] =
        [
            "Shared", "Operators", "Sql", "Connectors", "CommandProtocol", "TaskManager", "JobManager",
            "LocalCluster",
        ],
        ["Pbm"] = ["CommandProtocol"],
    };

    [Fact]
    public void Every_project_of_src_is_in_the_picture() =>
        Assert.Equal(Allowed.Keys.Order(), Projects().Select(p => p.Name).Order());

    [Fact]
    public void A_project_refers_only_to_what_the_picture_allows()
    {
        foreach ((string name, string path) in Projects())
            foreach (string reference in ReferencesOf(path))
                Assert.True(Allowed[name].Contains(reference), $"{name} must not refer to {reference}.");
    }

    [Fact]
    public void ARCHITECTURE_is_at_most_200_lines() =>
        Assert.InRange(File.ReadLines(Path.Combine(Root(), "ARCHITECTURE.md")).Count(), 1, 200);

    /// <summary>Direct and indirect project references, by name.</summary>
    private static HashSet<string> ReferencesOf(string project)
    {
        var found = new HashSet<string>();
        foreach (XElement reference in XDocument.Load(project).Descendants("ProjectReference"))
        {
            string relative = reference.Attribute("Include")!.Value.Replace('\\', '/');
            string target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, relative));
            found.Add(Path.GetFileNameWithoutExtension(target));
            found.UnionWith(ReferencesOf(target));
        }
        return found;
    }

    private static List<(string Name, string Path)> Projects() =>
        [.. Directory.GetDirectories(Path.Combine(Root(), "src"))
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
            .Select(path => (Path.GetFileNameWithoutExtension(path), path))];

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
