using System.Globalization;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Options;

namespace Millrace.Connectors.Options;

/// <summary>
/// Reads the WITH options of a table by type and knows which it was asked for, so that <see cref="End"/> can
/// refuse the rest by name. Every failure is Invalid and names the table, the option and what to write; the
/// value too, unless the option's name says that it is a secret.
/// </summary>
public sealed class OptionReader
{
    private readonly TableSpec _table;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal) { "connector" };

    public OptionReader(TableSpec table) => _table = table;

    public bool Has(string key)
    {
        _known.Add(key);
        return _table.Options.ContainsKey(key);
    }

    public string? Text(string key)
    {
        _known.Add(key);
        return _table.Option(key);
    }

    public string Text(string key, string fallback) => Text(key) ?? fallback;

    public string Required(string key)
    {
        string? text = Text(key);
        return string.IsNullOrEmpty(text)
            ? throw Error($"needs the option '{key}' of the connector '{_table.Option("connector")}'")
            : text;
    }

    public bool Boolean(string key, bool fallback) => Text(key)?.Trim().ToUpperInvariant() switch
    {
        null => fallback,
        "TRUE" => true,
        "FALSE" => false,
        _ => throw Malformed(key, "true or false"),
    };

    public int Int32(string key, int fallback, int minimum = 0) =>
        (int)Int64(key, fallback, minimum, int.MaxValue);

    public long Int64(string key, long fallback, long minimum = 0, long maximum = long.MaxValue)
    {
        if (Text(key) is not { } text) return fallback;
        bool isNumber = long.TryParse(
            text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        if (isNumber && value >= minimum && value <= maximum) return value;
        string range = maximum == long.MaxValue ? $"of {minimum} or more" : $"from {minimum} to {maximum}";
        throw Malformed(key, $"a whole number {range}");
    }

    public TimeSpan Duration(string key, TimeSpan fallback) => Duration(key, fallback, TimeSpan.MaxValue);

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan longest)
    {
        if (Text(key) is not { } text) return fallback;
        return DurationText.TryParse(text, longest, out TimeSpan value)
            ? value : throw Malformed(key, DurationText.Expected(text, longest));
    }

    /// <summary>One of the words, in any case; gives it as it is spelt in <paramref name="words"/>.</summary>
    public string Choice(string key, string fallback, params ReadOnlySpan<string> words)
    {
        if (Text(key) is not { } text) return fallback;
        foreach (string word in words)
            if (string.Equals(word, text.Trim(), StringComparison.OrdinalIgnoreCase)) return word;
        throw Malformed(key, $"one of {string.Join(", ", words.ToArray())}");
    }

    /// <summary>Call when all options have been read: what nobody asked for is refused.</summary>
    public void End()
    {
        foreach (string key in _table.Options.Keys)
        {
            if (_known.Contains(key)) continue;
            string? near = EditDistance.Nearest(key, _known);
            throw Error(near is null
                ? $"has the unknown option '{key}'; the connector '{_table.Option("connector")}' knows: "
                    + $"{string.Join(", ", _known)}"
                : $"has the unknown option '{key}'; did you mean '{near}'?");
        }
    }

    /// <summary>
    /// An error about this table: <paramref name="what"/> goes on after <c>Table 'name' </c>.
    /// </summary>
    public MillraceException Error(string what)
    {
        char end = what[^1];
        return new MillraceException(
            ErrorKind.Invalid, $"Table '{_table.Name}' {what}{(end is '?' or '.' ? "" : ".")}");
    }

    public MillraceException Malformed(string key, string expected)
    {
        string value = IsSecret(key) ? "its value" : $"'{_table.Option(key)}'";
        return Error($"cannot use {value} for the option '{key}'; write {expected}");
    }

    private static bool IsSecret(string key) =>
        key.Contains("password", StringComparison.OrdinalIgnoreCase)
        || key.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || key.Contains("token", StringComparison.OrdinalIgnoreCase)
        || key.EndsWith("url", StringComparison.OrdinalIgnoreCase);
}
