using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Jdbc;

/// <summary>Values as the text that databases without such types hold, and back.</summary>
internal static class ValueText
{
    private static readonly long EpochTicks = DateTime.UnixEpoch.Ticks;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <exception cref="FormatException">It is no date.</exception>
    public static int ParseDate(ReadOnlySpan<byte> text) =>
        DateOnly.FromDateTime(ParseDateTime(text)).DayNumber - EpochDay;

    /// <exception cref="FormatException">It is no time of day.</exception>
    public static int ParseTime(ReadOnlySpan<byte> text) =>
        (int)(TimeOnly.Parse(Chars(text), CultureInfo.InvariantCulture).Ticks / TimeSpan.TicksPerMillisecond);

    /// <exception cref="FormatException">It is no date with a time.</exception>
    public static long ParseTimestamp(ReadOnlySpan<byte> text, long unitsPerSecond) =>
        TimestampOf(ParseDateTime(text), unitsPerSecond);

    public static long TimestampOf(DateTime time, long unitsPerSecond)
    {
        long ticks = time.Ticks - EpochTicks;
        if (unitsPerSecond > TimeSpan.TicksPerSecond)
            return checked(ticks * (unitsPerSecond / TimeSpan.TicksPerSecond));
        (long units, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond / unitsPerSecond);
        return rest < 0 ? units - 1 : units;
    }

    public static int DateOf(DateTime date) => DateOnly.FromDateTime(date).DayNumber - EpochDay;

    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(day + EpochDay);

    public static TimeOnly TimeOf(int milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond);

    public static DateTime DateTimeOf(long units, long unitsPerSecond) => new(
        EpochTicks + (unitsPerSecond <= TimeSpan.TicksPerSecond
            ? checked(units * (TimeSpan.TicksPerSecond / unitsPerSecond))
            : units / (unitsPerSecond / TimeSpan.TicksPerSecond)));

    /// <exception cref="FormatException">It is no number, or has more digits than a DECIMAL.</exception>
    public static Int128 ParseDecimal(ReadOnlySpan<byte> text, int scale)
    {
        int exponent = text.IndexOfAny((byte)'e', (byte)'E');
        int shift = 0;
        if (exponent >= 0)
        {
            shift = int.Parse(text[(exponent + 1)..], CultureInfo.InvariantCulture);
            text = text[..exponent];
        }
        int point = text.IndexOf((byte)'.');
        string digits = Encoding.ASCII.GetString(text).Replace(".", "", StringComparison.Ordinal);
        int fraction = (point < 0 ? 0 : text.Length - point - 1) - shift;
        var value = Int128.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        for (; fraction < scale; fraction++) value = checked(value * 10);
        for (; fraction > scale; fraction--)
        {
            (value, Int128 rest) = Int128.DivRem(value, 10);
            if (fraction == scale + 1 && Int128.Abs(rest) >= 5) value += rest < 0 ? -1 : 1;
        }
        return value;
    }

    private static DateTime ParseDateTime(ReadOnlySpan<byte> text) =>
        DateTime.Parse(Chars(text), CultureInfo.InvariantCulture, Utc);

    private static string Chars(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
