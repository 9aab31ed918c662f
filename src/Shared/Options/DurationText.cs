using System.Globalization;

namespace Millrace.Shared.Options;

/// <summary>
/// Durations as Flink writes them in options: a whole number and a unit (<c>60s</c>, <c>1 hour</c>,
/// <c>500 ms</c>); a bare number is milliseconds. Units in any case.
/// </summary>
public static class DurationText
{
    /// <summary>For messages: what a duration looks like.</summary>
    public const string Form = "a number and a unit such as 500ms, 60s, '10 min', '1 hour' or 7d";

    /// <summary>The longest one to wait for: timers count milliseconds in 32 bits.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <summary>More than a number that is too large for its digits to be read can mean.</summary>
    private static readonly Int128 Beyond = (Int128)long.MaxValue * 1_000_000;

    /// <returns>False where the text is no duration, is negative or has more ticks than 64 bits.</returns>
    public static bool TryParse(string text, out TimeSpan duration) =>
        TryParse(text, TimeSpan.MaxValue, out duration);

    /// <returns>False also where it is longer than allowed.</returns>
    public static bool TryParse(string text, TimeSpan longest, out TimeSpan duration)
    {
        Int128? ticks = TicksOf(text);
        bool isAllowed = ticks <= longest.Ticks;
        duration = isAllowed ? new TimeSpan((long)ticks!.Value) : default;
        return isAllowed;
    }

    /// <summary>For messages: what to write instead of a text that is no duration or too long.</summary>
    public static string Expected(string text, TimeSpan longest) =>
        TicksOf(text) is null ? Form : AtMost(longest);

    /// <summary>For messages, in whole days.</summary>
    public static string AtMost(TimeSpan longest) =>
        string.Create(CultureInfo.InvariantCulture, $"at most {Math.Floor(longest.TotalDays):0}d");

    private static Int128? TicksOf(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = 0;
        while (digits < trimmed.Length && char.IsAsciiDigit(trimmed[digits])) digits++;
        string unit = trimmed[digits..].Trim().ToString().ToLowerInvariant();
        if (digits == 0 || UnitOf(unit) is not { } ticks) return null;
        bool isRead = long.TryParse(
            trimmed[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        return (isRead ? number : Beyond) * ticks.Numerator / ticks.Denominator;
    }

    private static (long Numerator, long Denominator)? UnitOf(string unit) => unit switch
    {
        "d" or "day" or "days" => (TimeSpan.TicksPerDay, 1),
        "h" or "hour" or "hours" => (TimeSpan.TicksPerHour, 1),
        "m" or "min" or "minute" or "minutes" => (TimeSpan.TicksPerMinute, 1),
        "s" or "sec" or "secs" or "second" or "seconds" => (TimeSpan.TicksPerSecond, 1),
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" =>
            (TimeSpan.TicksPerMillisecond, 1),
        "µs" or "micro" or "micros" or "microsecond" or "microseconds" => (TimeSpan.TicksPerMicrosecond, 1),
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => (1, TimeSpan.NanosecondsPerTick),
        _ => null,
    };
}
