using Millrace.Shared.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Millrace.Shared.Configuration;

/// <param name="Name">The keys on the way down, joined by dots.</param>
/// <param name="Place"><c>file:line:column</c> of the key.</param>
internal sealed record ConfigEntry(string Name, string Text, string Place);

/// <summary>A YAML file of sections with values; a list of values counts as one, joined by commas.</summary>
internal static class ConfigFile
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 4;

    /// <exception cref="MillraceException">Invalid: no such file, not YAML, or not of this form.</exception>
    public static List<ConfigEntry> Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new MillraceException(
                    ErrorKind.Invalid, $"{path}: it is larger than {MaxBytes} bytes.");
            return Entries(path, File.ReadAllText(path));
        }
        catch (YamlException e)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"{Place(path, e.Start)}: {(e.InnerException ?? e).Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The configuration file {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Which of the two was meant is not for us to guess.</summary>
    public static MillraceException Twice(string key, string first, string second) => new(
        ErrorKind.Invalid, $"{second}: '{key}' is set at {first} already; leave one of them out.");

    public static string Place(string path, Mark mark) => $"{path}:{mark.Line}:{mark.Column}";

    private static List<ConfigEntry> Entries(string path, string text)
    {
        YamlKeys.RefuseTwice(path, text);
        using var reader = new StringReader(text);
        var stream = new YamlStream();
        stream.Load(reader);
        var entries = new List<ConfigEntry>();
        if (stream.Documents.Count > 0) Add(path, "", stream.Documents[0].RootNode, 0, entries);
        // A dotted key may say the same as a nested one.
        foreach (IGrouping<string, ConfigEntry> same in entries.GroupBy(e => e.Name))
            if (same.Count() > 1) throw Twice(same.Key, same.First().Place, same.Last().Place);
        return entries;
    }

    private static void Add(
        string path, string prefix, YamlNode node, int depth, List<ConfigEntry> entries)
    {
        if (node is YamlScalarNode { Value: null or "" }) return;
        if (node is not YamlMappingNode mapping || depth > MaxDepth)
            throw Wrong(path, node, "Write sections and keys with values, 'name: value'.");
        foreach ((YamlNode keyNode, YamlNode value) in mapping.Children)
        {
            if (keyNode is not YamlScalarNode { Value: { Length: > 0 } key })
                throw Wrong(path, keyNode, "A key is a plain name.");
            string name = prefix.Length == 0 ? key : $"{prefix}.{key}";
            string place = Place(path, keyNode.Start);
            switch (value)
            {
                case YamlScalarNode scalar:
                    entries.Add(new ConfigEntry(name, scalar.Value ?? "", place));
                    break;
                case YamlSequenceNode list:
                    entries.Add(new ConfigEntry(name, string.Join(',', Items(path, list)), place));
                    break;
                default:
                    Add(path, name, value, depth + 1, entries);
                    break;
            }
        }
    }

    private static IEnumerable<string> Items(string path, YamlSequenceNode list) => list.Children.Select(
        item => item is YamlScalarNode { Value: { } text }
            ? text
            : throw Wrong(path, item, "A list holds plain values."));

    private static MillraceException Wrong(string path, YamlNode at, string message) =>
        new(ErrorKind.Invalid, $"{Place(path, at.Start)}: {message}");
}
