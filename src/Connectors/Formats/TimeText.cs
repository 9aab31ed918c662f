using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats;

/// <summary>Dates and times in the fixed forms of Flink's formats.</summary>
internal static class TimeText
{
    private const long NanosPerSecond = 1_000_000_000, NanosPerDay = 86_400 * NanosPerSecond;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Reads <c>yyyy-MM-dd</c> into days since 1970-01-01.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryNumber(text[..4], out int year) || !TryNumber(text.Slice(5, 2), out int month)
            || !TryNumber(text.Slice(8, 2), out int day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1
            || day > DateTime.DaysInMonth(year, month)) return false;
        days = new DateOnly(year, month, day).DayNumber - EpochDay;
        return true;
    }

    /// <summary>Reads <c>HH:mm:ss</c> with up to nine fraction digits into nanoseconds of the day.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':'
            || !TryNumber(text[..2], out int hour) || !TryNumber(text.Slice(3, 2), out int minute)
            || !TryNumber(text.Slice(6, 2), out int second))
            return false;
        if (hour > 23 || minute > 59 || second > 59
            || !TryFraction(text[8..], out int fraction)) return false;
        nanos = (hour * 3600L + minute * 60 + second) * NanosPerSecond + fraction;
        return true;
    }

    /// <summary>
    /// Reads a date, the separator and a time into units since the epoch; what is finer is cut.
    /// </summary>
    public static bool TryTimestamp(
        ReadOnlySpan<byte> text, byte separator, long unitsPerSecond, out long units)
    {
        units = 0;
        if (text.Length < 19 || text[10] != separator || !TryDate(text[..10], out int days)
            || !TryTime(text[11..], out long nanos))
            return false;
        Int128 total = (Int128)days * (86_400 * unitsPerSecond) + nanos / (NanosPerSecond / unitsPerSecond);
        units = (long)total;
        return units == total;
    }

    /// <summary>Writes days as <c>yyyy-MM-dd</c>.</summary>
    public static int WriteDate(int days, Span<byte> target)
    {
        DateOnly.FromDayNumber(EpochDay + days).TryFormat(target, out int written, "yyyy-MM-dd");
        return written;
    }

    /// <summary>
    /// Writes nanoseconds of the day as <c>HH:mm:ss</c> and a fraction without trailing zeros, if any.
    /// </summary>
    public static int WriteTime(long nanos, Span<byte> target)
    {
        long seconds = nanos / NanosPerSecond;
        TwoDigits(seconds / 3600, target);
        target[2] = (byte)':';
        TwoDigits(seconds / 60 % 60, target[3..]);
        target[5] = (byte)':';
        TwoDigits(seconds % 60, target[6..]);
        long fraction = nanos % NanosPerSecond;
        if (fraction == 0) return 8;
        target[8] = (byte)'.';
        int length = 9;
        for (long unit = NanosPerSecond / 10; fraction > 0; unit /= 10)
        {
            target[length++] = (byte)('0' + fraction / unit);
            fraction %= unit;
        }
        return length;
    }

    /// <summary>Writes units since the epoch as a date, the separator and a time.</summary>
    public static int WriteTimestamp(long units, LogicalType type, byte separator, Span<byte> target)
    {
        Int128 nanos = (Int128)units * (NanosPerSecond / type.UnitsPerSecond);
        Int128 days = nanos >= 0 ? nanos / NanosPerDay : -((-nanos + NanosPerDay - 1) / NanosPerDay);
        int length = WriteDate((int)days, target);
        target[length++] = separator;
        return length + WriteTime((long)(nanos - days * NanosPerDay), target[length..]);
    }

    private static void TwoDigits(long value, Span<byte> target)
    {
        target[0] = (byte)('0' + value / 10);
        target[1] = (byte)('0' + value % 10);
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out int nanos)
    {
        nanos = 0;
        if (text.IsEmpty) return true;
        if (text.Length is < 2 or > 10 || text[0] != '.' || !TryNumber(text[1..], out nanos)) return false;
        for (int digits = text.Length - 1; digits < 9; digits++) nanos *= 10;
        return true;
    }

    /// <summary>Reads nothing but digits, at most nine.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (byte b in digits)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            number = number * 10 + (b - '0');
        }
        return true;
    }
}
