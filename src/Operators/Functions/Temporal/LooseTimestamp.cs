namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// What TO_TIMESTAMP reads where its pattern does not fit: y-M-d, or y-M-d h:m:s with a fraction, fields of
/// one or two digits, days past the end of a month carried over.
/// </summary>
internal static class LooseTimestamp
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        text = text.Trim((byte)' ');
        int space = text.IndexOf((byte)' ');
        if (!TryDate(space < 0 ? text : text[..space], out int days)) return false;
        ms = days * Calendar.MsPerDay;
        if (space < 0) return true;
        if (!TryClock(text[(space + 1)..].Trim((byte)' '), out int clock)) return false;
        ms += clock;
        return true;
    }

    private static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        int first = text.IndexOf((byte)'-');
        int second = text.LastIndexOf((byte)'-');
        if (first != 4 || second == first) return false;
        if (!TimeParser.TryNumber(text[..first], out int year)) return false;
        if (!TryTwoDigits(text[(first + 1)..second], out int month)) return false;
        if (!TryTwoDigits(text[(second + 1)..], out int day)) return false;
        if (month is < 1 or > 12 || day is < 1 or > 31) return false;
        days = Calendar.ToDays(year, month, 1) + day - 1;
        return true;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, out int ms)
    {
        ms = 0;
        int point = text.IndexOf((byte)'.');
        int fraction = 0;
        if (point == text.Length - 1) return false;
        if (point >= 0 && !TimeParser.TryFraction(text[(point + 1)..], 3, out fraction)) return false;
        if (point >= 0) text = text[..point];
        int first = text.IndexOf((byte)':');
        int second = text.LastIndexOf((byte)':');
        if (first < 1 || second == first) return false;
        if (!TryTwoDigits(text[..first], out int h) || !TryTwoDigits(text[(first + 1)..second], out int m))
            return false;
        if (!TryTwoDigits(text[(second + 1)..], out int s)) return false;
        ms = (((((h * 60) + m) * 60) + s) * 1000) + fraction;
        return true;
    }

    private static bool TryTwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        return text.Length <= 2 && TimeParser.TryNumber(text, out value);
    }
}
