using Millrace.Shared.Errors;
using Millrace.Shared.Options;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Millrace.JobManager.Configuration;

/// <summary>
/// A mapping of a YAML file, read key by key; what was not asked for by the end is refused by name.
/// </summary>
/// <param name="file">For messages.</param>
/// <param name="path">The keys above, joined by dots; empty at the top.</param>
/// <param name="node">Null: the section is not in the file, but an override may give it keys.</param>
/// <param name="overrides">Values that win.</param>
internal sealed class ConfigSection(
    string file, string path, YamlMappingNode? node, ConfigOverrides overrides)
{
    private readonly List<string> _known = [];

    /// <returns>Null where the key is missing or empty.</returns>
    public ConfigValue? Value(string key)
    {
        string full = Full(key);
        YamlNode? found = Find(key);
        string shown = ConfigOverrides.Shown(full);
        if (overrides.TryGet(full, out string? text)) return new ConfigValue(shown, text, $"--conf {shown}");
        return found switch
        {
            null => null,
            YamlScalarNode { Value: { Length: > 0 } value } =>
                new ConfigValue(shown, value, Place(found.Start)),
            YamlScalarNode => null,
            _ => throw Wrong(found, $"'{full}' is a value, not a list or a section."),
        };
    }

    /// <summary>A section of its own; empty where the file has none.</summary>
    public ConfigSection Section(string key) => Find(key) switch
    {
        null => new ConfigSection(file, Full(key), null, overrides),
        YamlMappingNode mapping => new ConfigSection(file, Full(key), mapping, overrides),
        YamlScalarNode { Value: null or "" } => new ConfigSection(file, Full(key), null, overrides),
        YamlNode other => throw Wrong(other, $"'{Full(key)}' is a section: write keys with values below it."),
    };

    /// <summary>All keys with their values: a section whose keys the user chooses.</summary>
    public IEnumerable<ConfigValue> Values() =>
        [.. (node?.Children.Keys ?? []).Select(k => Value(Name(k))).OfType<ConfigValue>()];

    /// <summary>Refuses what nobody asked for.</summary>
    /// <exception cref="MillraceException">Invalid, naming the first such key, its place and the nearest
    /// known one.</exception>
    public void Close()
    {
        foreach (YamlNode key in node?.Children.Keys ?? [])
        {
            string name = Name(key);
            if (_known.Contains(name)) continue;
            string below = path.Length == 0 ? "at the top" : $"below '{path}'";
            throw Wrong(key, $"There is no key '{name}' {below}; {Suggest(name, _known)}.");
        }
    }

    public string Place() => node is null ? file : Place(node.Start);

    /// <summary>The nearest of the known names, or all of them.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> known) =>
        EditDistance.Nearest(name, known) is { } nearest
            ? $"the nearest one is '{nearest}'"
            : $"there are {string.Join(", ", known)}";

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? found)
            ? found
            : null;
    }

    private string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private string Name(YamlNode key) => key is YamlScalarNode { Value: { } name }
        ? name
        : throw Wrong(key, "A key is a plain name.");

    private MillraceException Wrong(YamlNode at, string message) =>
        new(ErrorKind.Invalid, $"{Place(at.Start)}: {message}");

    private string Place(Mark mark) => $"{file}:{mark.Line}:{mark.Column}";
}
