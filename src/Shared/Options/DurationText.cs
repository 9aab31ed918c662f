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

    /// <returns>False where the text is no duration, is negative or has more ticks than 64 bits.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int digits = 0;
        while (digits < trimmed.Length && char.IsAsciiDigit(trimmed[digits])) digits++;
        if (!long.TryParse(
            trimmed[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return false;
        if (TicksOf(trimmed[digits..].Trim().ToString().ToLowerInvariant()) is not { } ticks) return false;
        Int128 total = (Int128)number * ticks.Numerator / ticks.Denominator;
        if (total > long.MaxValue) return false;
        duration = new TimeSpan((long)total);
        return true;
    }

    private static (long Numerator, long Denominator)? TicksOf(string unit) => unit switch
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
