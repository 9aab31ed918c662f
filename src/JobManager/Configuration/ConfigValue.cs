using System.Globalization;
using Millrace.Shared.Errors;
using Millrace.Shared.Options;

namespace Millrace.JobManager.Configuration;

/// <summary>One value of a job's configuration, with its place for messages.</summary>
/// <param name="Key">The key with those above it: <c>runtime.restart_delay</c>.</param>
/// <param name="Place"><c>file:line:column</c>, or the option of the command line.</param>
internal sealed record ConfigValue(string Key, string Text, string Place)
{
    public int Int(int min, int max)
    {
        if (int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max) return value;
        throw Wrong(
            max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}");
    }

    public double Number()
    {
        if (double.TryParse(Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double value) && value > 0)
            return value;
        throw Wrong("a number above 0");
    }

    public double Fraction()
    {
        if (double.TryParse(Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double value) && value is >= 0 and <= 1)
            return value;
        throw Wrong("a number from 0 to 1");
    }

    /// <exception cref="MillraceException">Invalid: no duration, or longer than one can wait.</exception>
    public TimeSpan Duration()
    {
        if (!Units.TryMilliseconds(Text, out double milliseconds))
            throw Wrong("a duration such as 200ms, 30s, 5min, 1h or 1d");
        return milliseconds <= DurationText.LongestWait.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw Wrong(DurationText.AtMost(DurationText.LongestWait));
    }

    public long Bytes() => Units.TryBytes(Text, out long value)
        ? value
        : throw Wrong("a size such as 512mb, 4g or 1024kb");

    /// <param name="names">What may be written, with what it means.</param>
    public T OneOf<T>(params ReadOnlySpan<(string Name, T Meaning)> names)
    {
        var known = new List<string>();
        foreach ((string name, T meaning) in names)
        {
            if (string.Equals(name, Text, StringComparison.OrdinalIgnoreCase)) return meaning;
            known.Add(name);
        }
        throw Wrong("one of " + string.Join(", ", known));
    }

    public MillraceException Wrong(string expected) =>
        Refused($"'{Key}' is '{Text}'; write {expected}.");

    public MillraceException Refused(string message) => new(ErrorKind.Invalid, $"{Place}: {message}");
}

/// <summary>Numbers with a unit, as Flink writes them.</summary>
internal static class Units
{
    private static readonly (string Unit, double Milliseconds)[] Durations =
    [
        ("", 1), ("ms", 1), ("milli", 1), ("millis", 1),
        ("s", 1000), ("sec", 1000), ("second", 1000), ("seconds", 1000),
        ("m", 60_000), ("min", 60_000), ("minute", 60_000), ("minutes", 60_000),
        ("h", 3_600_000), ("hour", 3_600_000), ("hours", 3_600_000),
        ("d", 86_400_000), ("day", 86_400_000), ("days", 86_400_000),
    ];

    private static readonly (string Unit, double Bytes)[] Sizes =
    [
        ("", 1), ("b", 1), ("bytes", 1), ("k", 1L << 10), ("kb", 1L << 10), ("m", 1L << 20), ("mb", 1L << 20),
        ("g", 1L << 30), ("gb", 1L << 30), ("t", 1L << 40), ("tb", 1L << 40),
    ];

    /// <summary>A number without a unit is milliseconds.</summary>
    public static bool TryMilliseconds(string text, out double value) =>
        TryParse(text, Durations, out value);

    /// <summary>A number without a unit is bytes.</summary>
    public static bool TryBytes(string text, out long value)
    {
        bool isKnown = TryParse(text, Sizes, out double bytes) && bytes <= long.MaxValue / 2;
        value = isKnown ? (long)bytes : 0;
        return isKnown;
    }

    private static bool TryParse(string text, (string Unit, double Factor)[] units, out double value)
    {
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        string unit = text[digits..].Trim();
        value = 0;
        if (!double.TryParse(
            text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double number))
            return false;
        foreach ((string name, double factor) in units)
        {
            if (!string.Equals(name, unit, StringComparison.OrdinalIgnoreCase)) continue;
            value = number * factor;
            return true;
        }
        return false;
    }
}
