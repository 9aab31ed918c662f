using System.Text;

namespace Millrace.Sql.Tests.Syntax;

/// <summary>The SQL texts of the shared cases below <c>tests/cases</c>.</summary>
internal static class Samples
{
    public static string Root { get; } = FindRoot();

    /// <summary>Each case's name, its section's head and the text of the section.</summary>
    public static IEnumerable<(string Case, string Head, string Text)> Sections(params string[] kinds)
    {
        foreach (var path in Directory.EnumerateFiles(
            Path.Combine(Root, "tests", "cases"), "*.case", SearchOption.AllDirectories))
        {
            var head = "";
            var text = new StringBuilder();
            foreach (var line in File.ReadLines(path).Append("== end"))
            {
                if (!line.StartsWith("== ", StringComparison.Ordinal))
                {
                    text.AppendLine(line);
                    continue;
                }

                if (kinds.Any(kind => head.StartsWith(kind, StringComparison.Ordinal)))
                    yield return (Path.GetFileNameWithoutExtension(path), head, text.ToString());
                head = line[3..];
                text.Clear();
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "cases")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("tests/cases is in no folder above.");
    }
}
