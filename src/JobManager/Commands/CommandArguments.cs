using System.Globalization;
using Millrace.CommandProtocol;

namespace Millrace.JobManager.Commands;

/// <summary>What the client gave a command, checked against the description.</summary>
internal sealed class CommandArguments
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _values;

    /// <exception cref="UsageException">An argument is unknown, missing or empty.</exception>
    public CommandArguments(
        CommandDescription command, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
    {
        _values = values;
        List<Parameter> known = [.. command.Arguments, .. command.Options];
        foreach (string name in values.Keys)
            if (!known.Exists(p => p.Name == name))
                throw new UsageException($"{command.Name} has no argument '{name}'.");
        foreach (Parameter parameter in known)
        {
            IReadOnlyList<string> given = values.GetValueOrDefault(parameter.Name) ?? [];
            if (parameter.IsRequired && given.Count == 0)
                throw new UsageException($"{command.Name} needs '{parameter.Name}': {parameter.Help}");
            if (given.Contains(""))
                throw new UsageException($"'{parameter.Name}' is empty: {parameter.Help}");
            if (!parameter.IsMany && given.Count > 1)
                throw new UsageException(
                    $"'{parameter.Name}' is given {given.Count} times; it is taken once.");
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.GetValueOrDefault(name) is [var value, ..] ? value : null;

    /// <summary>Of a parameter that the description requires.</summary>
    public string Required(string name) => Text(name) ?? throw new UsageException($"'{name}' is missing.");

    /// <exception cref="UsageException">It is no whole number above 0.</exception>
    public int RequiredCount(string name)
    {
        string text = Required(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new UsageException($"'{name}' is '{text}'; write a whole number above 0.");
    }

    /// <summary>Of <c>name=value</c>; the last value of a name wins.</summary>
    /// <exception cref="UsageException">A text has no <c>=</c>.</exception>
    public Dictionary<string, string> Pairs(string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in _values.GetValueOrDefault(name) ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new UsageException($"--{name} {text}: write --{name} name=value.");
            pairs[text[..equals]] = text[(equals + 1)..];
        }
        return pairs;
    }
}

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);
