using System.Collections;
using Millrace.Shared.Errors;
using Millrace.Shared.Options;

namespace Millrace.Shared.Configuration;

/// <summary>
/// Collects what is configured: defaults in code, then the file, then the environment, then the command line;
/// the later one wins. Whatever names no key of the table is refused.
/// </summary>
/// <remarks>
/// The file is the one of <c>--config</c>, else of MILLRACE_CONFIG, else <c>PROGRAM.yaml</c> in the working
/// folder where that exists.
/// </remarks>
public sealed class ConfigSources(string program, ConfigTable table)
{
    internal const string VariablePrefix = "MILLRACE_";
    private const string FileOption = "--config";
    private const string CommandLine = "command line";

    private static readonly ConfigKey File = new(FileOption[2..], "", "The configuration file.");

    /// <summary>Letters that may be wrong before a variable counts as somebody else's.</summary>
    private const int MostSlips = 2;
    private const string FileVariable = VariablePrefix + "CONFIG";

    private readonly Dictionary<string, ConfigValue> _values = [];

    /// <param name="arguments">Of the command line, without <c>--help</c>.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <exception cref="MillraceException">Invalid: names place, key, and what to write.</exception>
    public ConfigValues Read(IReadOnlyList<string> arguments, IDictionary environment)
    {
        foreach (ConfigKey key in table.Keys)
            _values[key.Name] = new ConfigValue(key, key.Default, "default");
        List<(string Name, string Value)> options = Options(arguments);
        RefuseTwice(options);
        string? file = options.FirstOrDefault(o => o.Name == FileOption).Value
            ?? (string?)environment[FileVariable];
        string usual = program + ".yaml";
        if (file is not null) ReadFile(file);
        else if (System.IO.File.Exists(usual)) ReadFile(usual);
        ReadEnvironment(environment);
        foreach ((string name, string value) in options.Where(o => o.Name != FileOption))
            Set(table.Require(name[2..], CommandLine), value, $"option {name}");
        return new ConfigValues(_values);
    }

    /// <summary>The keys that a file sets, whatever table they are of.</summary>
    /// <exception cref="MillraceException">Invalid: it cannot be read, or is no such file.</exception>
    public static IReadOnlySet<string> NamesIn(string path) =>
        ConfigFile.Read(path).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);

    private void ReadFile(string path)
    {
        foreach (ConfigEntry entry in ConfigFile.Read(path))
            Set(table.Require(entry.Name, entry.Place), entry.Text, entry.Place);
    }

    /// <summary>
    /// A variable that names no key belongs to somebody else: one environment serves both programs. One that
    /// is a slip away from a key was meant for it.
    /// </summary>
    private void ReadEnvironment(IDictionary environment)
    {
        foreach (ConfigKey key in table.Keys)
            if (environment[key.Variable] is string { Length: > 0 } text)
                Set(key, text, $"variable {key.Variable}");
        HashSet<string> known = [.. table.Keys.Select(k => k.Variable), FileVariable];
        foreach (string name in environment.Keys.OfType<string>().Order(StringComparer.Ordinal))
            if (name.StartsWith(VariablePrefix, StringComparison.Ordinal) && !known.Contains(name)
                && known.FirstOrDefault(k => EditDistance.Of(k, name) <= MostSlips) is { } meant)
                throw new MillraceException(
                    ErrorKind.Invalid,
                    $"variable {name}: There is no such variable; the nearest one is '{meant}'.");
    }

    private void Set(ConfigKey key, string text, string place) =>
        _values[key.Name] = new ConfigValue(key, text, place);

    private void RefuseTwice(List<(string Name, string Value)> options)
    {
        foreach (IGrouping<string, string> same in options.GroupBy(o => o.Name, o => o.Value))
        {
            if (same.Count() == 1) continue;
            // An unknown one is refused as that.
            ConfigKey key = same.Key == FileOption ? File : table.Require(same.Key[2..], CommandLine);
            IEnumerable<string> shown =
                same.Select(value => $"'{new ConfigValue(key, value, CommandLine).Shown}'");
            throw Wrong(
                $"{same.Key} is given {same.Count()} times, as {string.Join(" and ", shown)}; leave all but "
                + "one out.");
        }
    }

    /// <summary><c>--name value</c> and <c>--name=value</c>.</summary>
    private static List<(string Name, string Value)> Options(IReadOnlyList<string> arguments)
    {
        var options = new List<(string, string)>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal) || parts[0].Length == 2)
                throw Wrong($"'{arguments[i]}' is no option; write --key=value, --help lists the keys.");
            if (parts.Length == 2) options.Add((parts[0], parts[1]));
            else if (i + 1 < arguments.Count) options.Add((parts[0], arguments[++i]));
            else throw Wrong($"{parts[0]} has no value; write {parts[0]}=value.");
        }
        return options;
    }

    private static MillraceException Wrong(string message) =>
        new(ErrorKind.Invalid, $"{CommandLine}: {message}");
}
