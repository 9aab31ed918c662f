using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// Dates, times and intervals as SQL prints them. Each method gives the number of bytes written.
/// </summary>
internal static class TimeText
{
    /// <summary>Room that any of them takes.</summary>
    public const int MaxSize = 48;

    public static int WriteDate(int days, Span<byte> output)
    {
        Calendar.FromDays(days, out int year, out int month, out int day);
        int end = 0;
        if (year < 0) output[end++] = (byte)'-';
        end += WriteDigits((uint)System.Math.Abs(year), 4, output[end..]);
        output[end++] = (byte)'-';
        end += WriteDigits((uint)month, 2, output[end..]);
        output[end++] = (byte)'-';
        return end + WriteDigits((uint)day, 2, output[end..]);
    }

    /// <param name="precision">Fraction digits, 0 to 3.</param>
    public static int WriteTime(int ms, int precision, Span<byte> output)
    {
        int end = WriteClock((uint)(ms / 1000), output);
        return end + WriteFraction(ms % 1000, 3, precision, output[end..]);
    }

    /// <param name="value">In the units of the type.</param>
    public static int WriteTimestamp(long value, LogicalType type, Span<byte> output)
    {
        long units = type.UnitsPerSecond;
        long seconds = Calendar.FloorDiv(value, units);
        long days = Calendar.FloorDiv(seconds, 86_400);
        int end = WriteDate((int)days, output);
        output[end++] = (byte)' ';
        end += WriteClock((uint)(seconds - (days * 86_400)), output[end..]);
        int digits = units == 1000 ? 3 : units == 1_000_000 ? 6 : 9;
        return end + WriteFraction(value - (seconds * units), digits, type.Precision, output[end..]);
    }

    /// <summary>+Y-MM.</summary>
    public static int WriteMonths(int months, Span<byte> output)
    {
        output[0] = (byte)(months < 0 ? '-' : '+');
        long magnitude = System.Math.Abs((long)months);
        int end = 1 + WriteDigits((uint)(magnitude / 12), 1, output[1..]);
        output[end++] = (byte)'-';
        return end + WriteDigits((uint)(magnitude % 12), 2, output[end..]);
    }

    /// <summary>+D HH:MM:SS.mmm.</summary>
    public static int WriteMilliseconds(long ms, Span<byte> output)
    {
        output[0] = (byte)(ms < 0 ? '-' : '+');
        ulong magnitude = ms < 0 ? (ulong)(-ms) : (ulong)ms;
        int end = 1 + WriteDigits((uint)(magnitude / Calendar.MsPerDay), 1, output[1..]);
        output[end++] = (byte)' ';
        end += WriteClock((uint)(magnitude % Calendar.MsPerDay / 1000), output[end..]);
        return end + WriteFraction((long)(magnitude % 1000), 3, 3, output[end..]);
    }

    /// <summary>At least <paramref name="width"/> digits, with zeros in front.</summary>
    public static int WriteDigits(uint value, int width, Span<byte> output)
    {
        if (width == 2 && value < 100)
        {
            output[1] = (byte)('0' + (value % 10));
            output[0] = (byte)('0' + (value / 10));
            return 2;
        }
        int size = width;
        for (ulong limit = width == 4 ? 10_000 : Power(width); value >= limit; limit *= 10) size++;
        for (int i = size - 1; i >= 0; i--)
        {
            output[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
        return size;
    }

    private static ulong Power(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static int WriteClock(uint seconds, Span<byte> output)
    {
        WriteDigits(seconds / 3600, 2, output);
        output[2] = (byte)':';
        WriteDigits(seconds / 60 % 60, 2, output[3..]);
        output[5] = (byte)':';
        WriteDigits(seconds % 60, 2, output[6..]);
        return 8;
    }

    /// <param name="fraction">A number of <paramref name="digits"/> digits.</param>
    /// <param name="precision">How many of them are written, cut, after a point; 0 writes nothing.</param>
    private static int WriteFraction(long fraction, int digits, int precision, Span<byte> output)
    {
        if (precision == 0) return 0;
        Span<byte> all = stackalloc byte[16];
        all.Fill((byte)'0');
        WriteDigits((uint)fraction, digits, all);
        output[0] = (byte)'.';
        all[..precision].CopyTo(output[1..]);
        return precision + 1;
    }
}
