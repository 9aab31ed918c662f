using Millrace.Shared.Errors;
using Millrace.Shared.Options;

namespace Millrace.Shared.Configuration;

/// <summary>
/// One thing that can be configured. The same record drives the file, the environment, the command line,
/// <c>--help</c> and docs/operations.md.
/// </summary>
/// <param name="Name"><c>section.name</c>: nested in the file, dotted on the command line.</param>
/// <param name="Default">As one would write it; empty: not set, and <paramref name="Meaning"/> says what
/// that does.</param>
/// <param name="Meaning">Effect and trade-off, one sentence or two.</param>
public sealed record ConfigKey(string Name, string Default, string Meaning)
{
    /// <summary>Its value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary><c>cluster.name</c> is <c>MILLRACE_CLUSTER_NAME</c>.</summary>
    public string Variable => ConfigSources.VariablePrefix
        + Name.ToUpperInvariant().Replace('.', '_');

    public string Option => "--" + Name;
}

/// <summary>The keys of one program, in the order of its help.</summary>
public sealed class ConfigTable
{
    private readonly Dictionary<string, ConfigKey> _byName;

    public ConfigTable(IEnumerable<ConfigKey> keys)
    {
        Keys = [.. keys];
        _byName = Keys.ToDictionary(k => k.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<ConfigKey> Keys { get; }

    public ConfigKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="MillraceException">Invalid: there is no such key; names the nearest one.</exception>
    public ConfigKey Require(string name, string place) => Find(name)
        ?? throw new MillraceException(
            ErrorKind.Invalid, $"{place}: There is no key '{name}'; {Suggest(name)}.");

    private string Suggest(string name) =>
        EditDistance.Nearest(name, Keys.Select(k => k.Name)) is { } nearest
            ? $"the nearest one is '{nearest}'"
            : "--help lists all";
}
