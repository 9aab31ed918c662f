using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Millrace.Operators.Functions;

/// <summary>
/// FLOAT and DOUBLE as Java 17 prints them: the shortest digits that give the value back (of whole numbers
/// below 2^63 all digits that a bit decides), with a point and at least one fraction digit, from 10^-3 up to
/// 10^7; outside with an exponent (1.0E10).
/// </summary>
internal static class NumberText
{
    /// <summary>Room that any number takes.</summary>
    public const int MaxSize = 48;

    /// <param name="output">Room for <see cref="MaxSize"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(double value, Span<byte> output)
    {
        if (!double.IsFinite(value)) return WriteSpecial(value, output);
        Span<byte> shortest = stackalloc byte[MaxSize];
        if (!TryFormatWhole(value, 53, shortest, out int size))
            value.TryFormat(shortest, out size, "R", CultureInfo.InvariantCulture);
        return Arrange(shortest[..size], value == 0, output);
    }

    /// <inheritdoc cref="Write(double, Span{byte})"/>
    public static int Write(float value, Span<byte> output)
    {
        if (!float.IsFinite(value)) return WriteSpecial(value, output);
        Span<byte> shortest = stackalloc byte[MaxSize];
        if (!TryFormatWhole(value, 24, shortest, out int size))
            value.TryFormat(shortest, out size, "R", CultureInfo.InvariantCulture);
        return Arrange(shortest[..size], value == 0, output);
    }

    /// <summary>
    /// The fewest digits that give the value back, as later versions of Java print whole numbers too.
    /// </summary>
    public static string Shortest(double value)
    {
        Span<byte> text = stackalloc byte[MaxSize];
        if (!double.IsFinite(value)) return Encoding.ASCII.GetString(text[..WriteSpecial(value, text)]);
        Span<byte> shortest = stackalloc byte[MaxSize];
        value.TryFormat(shortest, out int size, "R", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetString(text[..Arrange(shortest[..size], value == 0, text)]);
    }

    /// <inheritdoc cref="Shortest(double)"/>
    public static string Shortest(float value)
    {
        Span<byte> text = stackalloc byte[MaxSize];
        if (!float.IsFinite(value)) return Encoding.ASCII.GetString(text[..WriteSpecial(value, text)]);
        Span<byte> shortest = stackalloc byte[MaxSize];
        value.TryFormat(shortest, out int size, "R", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetString(text[..Arrange(shortest[..size], value == 0, text)]);
    }

    /// <summary>
    /// A whole number past the significant bits, without the digits that lie below its last bit.
    /// </summary>
    private static bool TryFormatWhole(double value, int significantBits, Span<byte> output, out int size)
    {
        size = 0;
        double magnitude = System.Math.Abs(value);
        if (magnitude < 1L << significantBits || magnitude >= 9223372036854775808.0) return false;
        long whole = (long)magnitude;
        int extraBits = System.Numerics.BitOperations.Log2((ulong)whole) - significantBits - 1;
        long power = 1;
        for (int i = (int)(extraBits * 0.30103); i > 0; i--) power *= 10;
        whole = ((whole / power) + (whole % power >= power / 2 && power > 1 ? 1 : 0)) * power;
        return (value < 0 ? -whole : whole)
            .TryFormat(output, out size, default, CultureInfo.InvariantCulture);
    }

    /// <summary>The digits of a shortest text and where its point is: 0.d1d2... * 10^exponent.</summary>
    /// <param name="digits">Receives the significant digits.</param>
    /// <returns>Their number.</returns>
    public static int Decompose(
        ReadOnlySpan<byte> text, Span<byte> digits, out bool isNegative, out int exponent)
    {
        isNegative = text[0] == '-';
        if (isNegative) text = text[1..];
        int written = 0;
        int explicitExponent = 0;
        int mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            explicitExponent = int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture);
            text = text[..mark];
        }
        int point = text.IndexOf((byte)'.');
        exponent = (point < 0 ? text.Length : point) + explicitExponent;
        foreach (byte character in text)
        {
            if (character == '.') continue;
            if (written == 0 && character == '0') exponent--;
            else digits[written++] = character;
        }
        while (written > 1 && digits[written - 1] == '0') written--;
        return written;
    }

    private static int WriteSpecial(double value, Span<byte> output)
    {
        ReadOnlySpan<byte> text = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
        text.CopyTo(output);
        return text.Length;
    }

    private static int Arrange(ReadOnlySpan<byte> shortest, bool isZero, Span<byte> output)
    {
        if (isZero)
        {
            ReadOnlySpan<byte> zero = shortest[0] == '-' ? "-0.0"u8 : "0.0"u8;
            zero.CopyTo(output);
            return zero.Length;
        }
        Span<byte> digits = stackalloc byte[MaxSize];
        int count = Decompose(shortest, digits, out bool isNegative, out int exponent);
        int end = 0;
        if (isNegative) output[end++] = (byte)'-';
        bool isPlain = exponent is > -3 and <= 7;
        return end + (isPlain
            ? WritePlain(digits[..count], exponent, output[end..])
            : WriteScientific(digits[..count], exponent, output[end..]));
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int exponent, Span<byte> output)
    {
        int end = 0;
        if (exponent <= 0) output[end++] = (byte)'0';
        for (int i = 0; i < exponent; i++) output[end++] = i < digits.Length ? digits[i] : (byte)'0';
        output[end++] = (byte)'.';
        for (int i = exponent; i < 0; i++) output[end++] = (byte)'0';
        for (int i = System.Math.Max(0, exponent); i < digits.Length; i++) output[end++] = digits[i];
        if (exponent >= digits.Length) output[end++] = (byte)'0';
        return end;
    }

    private static int WriteScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> output)
    {
        int end = WritePlain(digits, 1, output);
        output[end++] = (byte)'E';
        Utf8Formatter.TryFormat(exponent - 1, output[end..], out int size);
        return end + size;
    }
}
