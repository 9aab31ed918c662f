using System.Text;

namespace Millrace.Shared.Configuration;

/// <summary>The text of <c>--help</c>, and the same as a table for docs/operations.md.</summary>
public static class ConfigHelp
{
    private const int Width = 100;

    public static string Text(string program, string purpose, ConfigTable table)
    {
        var text = new StringBuilder();
        text.AppendLine(purpose).AppendLine();
        text.AppendLine($"Usage: {program} [--config FILE] [--KEY=VALUE ...]");
        text.AppendLine($"       {program} --help | --version").AppendLine();
        text.AppendLine($"A key is looked for on the command line, then in the environment, then in the file "
            + "(--config,");
        text.AppendLine(
            $"MILLRACE_CONFIG, or {program}.yaml in the working folder), then it has its default.");
        text.AppendLine("Keys with a dot are nested in the file; cluster.name is MILLRACE_CLUSTER_NAME in "
            + "the environment.");
        foreach (ConfigKey key in table.Keys)
        {
            text.AppendLine().AppendLine($"  {key.Option} ({Shown(key)})");
            foreach (string line in Wrapped(key.Meaning)) text.AppendLine($"      {line}");
        }
        return text.ToString();
    }

    /// <summary>One row a key.</summary>
    public static string Markdown(ConfigTable table)
    {
        var text = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
        foreach (ConfigKey key in table.Keys)
            text.Append($"| `{key.Name}` | {(key.Default.Length == 0 ? "" : $"`{key.Default}`")} "
                + $"| {key.Meaning} |\n");
        return text.ToString();
    }

    private static string Shown(ConfigKey key) => key.Default.Length == 0 ? "not set" : key.Default;

    private static IEnumerable<string> Wrapped(string text)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + word.Length > Width - 6)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }
        yield return line.ToString();
    }
}
