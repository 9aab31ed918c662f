namespace Millrace.Operators.Functions.Temporal;

/// <summary>Dates and times from text, by the rules of Flink's casts.</summary>
internal static class TimeParser
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>
    /// A year, or a year and a month, or a date; what follows a space after it is left out.
    /// </summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        int space = text.IndexOf((byte)' ');
        if (space > 0) text = text[..space];
        Span<int> parts = [1, 1, 1];
        int count = 0;
        while (true)
        {
            int hyphen = count < 2 ? text.IndexOf((byte)'-') : -1;
            if (!TryNumber(Trim(hyphen < 0 ? text : text[..hyphen]), out parts[count++])) return false;
            if (hyphen < 0) break;
            text = text[(hyphen + 1)..];
        }
        if (!IsDate(parts[0], parts[1], parts[2])) return false;
        days = Calendar.ToDays(parts[0], parts[1], parts[2]);
        return true;
    }

    /// <summary>
    /// Hours, minutes and seconds with a fraction; what is missing is 0. An offset behind it is added, as in
    /// Flink.
    /// </summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out int ms)
    {
        int sign = text.IndexOfAny((byte)'+', (byte)'-');
        if (sign < 0) return TryPlainTime(text, out ms);
        if (!TryPlainTime(text[..sign], out ms) || !TryPlainTime(text[(sign + 1)..], out int offset))
            return false;
        ms = (int)Calendar.FloorMod(text[sign] == '-' ? ms - offset : ms + offset, Calendar.MsPerDay);
        return true;
    }

    private static bool TryPlainTime(ReadOnlySpan<byte> text, out int ms)
    {
        ms = 0;
        text = Trim(text);
        if (text.IsEmpty || !TryPart(ref text, out int hour) || !TryPart(ref text, out int minute))
            return false;
        int fraction = 0;
        int point = text.IndexOf((byte)'.');
        if (point >= 0 && !TryFraction(text[(point + 1)..], 3, out fraction)) return false;
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        int second = 0;
        if (whole.Length > 0 && !TryNumber(Trim(whole), out second)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        ms = (((((hour * 60) + minute) * 60) + second) * 1000) + fraction;
        return true;
    }

    /// <summary>
    /// yyyy-M-d, or yyyy-M-d H:m:s with up to 9 fraction digits. A day past the end of its month is the last
    /// of the month, and 24:00:00 the next midnight.
    /// </summary>
    /// <param name="seconds">Since 1970-01-01 00:00:00 of the same clock.</param>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        int space = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> date = space < 0 ? text : text[..space];
        if (!TryCalendarDate(date, out int days)) return false;
        seconds = days * 86_400L;
        if (space < 0) return true;
        if (!TryClock(text[(space + 1)..], out int clock, out nanos)) return false;
        seconds += clock;
        return true;
    }

    /// <summary>Units since the epoch from seconds and nanoseconds, cut to the precision.</summary>
    public static long ToUnits(long seconds, int nanos, int precision)
    {
        long units = precision <= 3 ? 1_000 : precision <= 6 ? 1_000_000 : NanosPerSecond;
        long value = (seconds * units) + (nanos / (NanosPerSecond / units));
        return Cut(value, precision);
    }

    /// <summary>
    /// A value in the units of the precision without the digits beyond it; milliseconds are cut toward zero,
    /// finer units downward, as in Flink.
    /// </summary>
    public static long Cut(long value, int precision)
    {
        int extra = precision <= 3 ? 3 - precision : precision <= 6 ? 6 - precision : 9 - precision;
        if (extra == 0) return value;
        long step = extra == 1 ? 10 : extra == 2 ? 100 : 1000;
        return precision <= 3 ? value - (value % step) : value - Calendar.FloorMod(value, step);
    }

    public static bool IsDate(int year, int month, int day) =>
        year is >= 0 and <= 9999 && month is >= 1 and <= 12 && day >= 1
            && day <= Calendar.DaysInMonth(year, month);

    /// <summary>Digits only, up to 9 of them.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        if (digits.Length is 0 or > 9) return false;
        foreach (byte digit in digits)
        {
            if ((uint)(digit - '0') > 9) return false;
            value = (value * 10) + (digit - '0');
        }
        return true;
    }

    /// <summary>
    /// The digits after a point as a number of <paramref name="width"/> digits; further ones are cut.
    /// </summary>
    public static bool TryFraction(ReadOnlySpan<byte> digits, int width, out int value)
    {
        value = 0;
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        for (int i = 0; i < width; i++) value = (value * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        return true;
    }

    private static bool TryCalendarDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length < 8 || text[4] != '-' || !TryNumber(text[..4], out int year) || year == 0)
            return false;
        ReadOnlySpan<byte> rest = text[5..];
        int hyphen = rest.IndexOf((byte)'-');
        if (hyphen is < 1 or > 2 || rest.Length - hyphen - 1 is < 1 or > 2) return false;
        if (!TryNumber(rest[..hyphen], out int month) || !TryNumber(rest[(hyphen + 1)..], out int day))
            return false;
        if (month is < 1 or > 12 || day is < 1 or > 31) return false;
        days = Calendar.ToDays(year, month, System.Math.Min(day, Calendar.DaysInMonth(year, month)));
        return true;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out int seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        int point = text.IndexOf((byte)'.');
        if (point >= 0 && (text.Length - point > 10 || !TryFraction(text[(point + 1)..], 9, out nanos)))
            return false;
        ReadOnlySpan<byte> clock = point < 0 ? text : text[..point];
        int first = clock.IndexOf((byte)':');
        int second = clock.LastIndexOf((byte)':');
        if (first is < 1 or > 2 || second - first is < 2 or > 3 || clock.Length - second is < 2 or > 3)
            return false;
        if (!TryNumber(clock[..first], out int h) || !TryNumber(clock[(first + 1)..second], out int m))
            return false;
        if (!TryNumber(clock[(second + 1)..], out int s)) return false;
        seconds = (((h * 60) + m) * 60) + s;
        bool isEndOfDay = h == 24 && m == 0 && s == 0 && nanos == 0;
        return isEndOfDay || (h <= 23 && m <= 59 && s <= 59);
    }

    private static bool TryPart(ref ReadOnlySpan<byte> text, out int value)
    {
        int colon = text.IndexOf((byte)':');
        ReadOnlySpan<byte> part = colon < 0 ? text : text[..colon];
        text = colon < 0 ? [] : text[(colon + 1)..];
        value = 0;
        return part.IsEmpty ? colon < 0 : TryNumber(Trim(part), out value);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim((byte)' ');
}
