using System.Buffers;
using System.Globalization;

namespace Millrace.Operators.Functions;

/// <summary>Numbers from text, by the rules of Flink's casts.</summary>
internal static class NumberParser
{
    private static readonly SearchValues<byte> FloatCharacters = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Spaces around, a sign, digits; a fraction is cut off. No exponent.</summary>
    /// <param name="max">The greatest; the least is one further from zero.</param>
    /// <returns>False where it is no such number, or outside the range.</returns>
    public static bool TryInteger(ReadOnlySpan<byte> text, long max, out long value)
    {
        value = 0;
        text = text.Trim((byte)' ');
        if (text.IsEmpty) return false;
        bool isNegative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (text.IsEmpty) return false;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        if (point >= 0 && text[(point + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (!TryMagnitude(whole, out ulong magnitude)) return false;
        if (magnitude > (isNegative ? (ulong)max + 1 : (ulong)max)) return false;
        value = isNegative ? -(long)magnitude : (long)magnitude;
        return true;
    }

    /// <returns>False for other characters than digits, and for more than 2^63.</returns>
    private static bool TryMagnitude(ReadOnlySpan<byte> digits, out ulong magnitude)
    {
        magnitude = 0;
        foreach (byte character in digits)
        {
            uint digit = (uint)(character - '0');
            if (digit > 9 || magnitude > long.MaxValue / 10) return false;
            magnitude = (magnitude * 10) + digit;
        }
        return true;
    }

    /// <summary>
    /// White space around, Java's spelling: NaN and Infinity by exact name, digits with an exponent.
    /// </summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        text = Trim(text);
        if (TrySpecial(text, out value)) return true;
        text = WithoutSuffix(text);
        return !text.ContainsAnyExcept(FloatCharacters)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <inheritdoc cref="TryDouble"/>
    public static bool TryFloat(ReadOnlySpan<byte> text, out float value)
    {
        text = Trim(text);
        bool isSpecial = TrySpecial(text, out double special);
        value = (float)special;
        if (isSpecial) return true;
        text = WithoutSuffix(text);
        return !text.ContainsAnyExcept(FloatCharacters)
            && float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// White space around, a sign, digits with a point, an exponent; rounded half away from zero.
    /// </summary>
    /// <param name="value">None where the number has more digits than fit.</param>
    /// <returns>False where the text is no number.</returns>
    public static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128? value)
    {
        value = null;
        text = Trim(text);
        if (text.IsEmpty) return false;
        bool isNegative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (!TrySplitExponent(ref text, out int exponent)) return false;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0) return false;
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        value = Assemble(whole, fraction, exponent, precision, scale);
        if (isNegative) value = -value;
        return true;
    }

    /// <summary>
    /// Digits before and after a point, times 10^exponent, at the scale; null where it does not fit.
    /// </summary>
    private static Int128? Assemble(
        ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent, int precision, int scale)
    {
        // The digit at position p, counted from the first, stands for 10^(whole - 1 - p + exponent).
        int kept = whole.Length + exponent + scale;
        Int128 limit = Decimals.PowerOfTen(precision);
        Int128 result = 0;
        for (int i = 0; i < kept; i++)
        {
            if (i >= whole.Length + fraction.Length && result == 0) break;
            // Asked before: the product of 38 digits and ten is more than an Int128 holds.
            if (result >= limit / 10) return null;
            result = (result * 10) + DigitAt(whole, fraction, i);
        }
        if (kept >= 0 && DigitAt(whole, fraction, kept) >= 5) result++;
        return result >= limit ? null : result;
    }

    private static int DigitAt(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int index)
    {
        if (index < whole.Length) return whole[index] - '0';
        index -= whole.Length;
        return index < fraction.Length ? fraction[index] - '0' : 0;
    }

    private static bool TrySplitExponent(ref ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        int mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark < 0) return true;
        ReadOnlySpan<byte> digits = text[(mark + 1)..];
        text = text[..mark];
        return int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && exponent is > -100_000 and < 100_000;
    }

    private static bool TrySpecial(ReadOnlySpan<byte> text, out double value)
    {
        bool isNegative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> word = isNegative || text.StartsWith("+"u8) ? text[1..] : text;
        value = 0;
        if (word.SequenceEqual("NaN"u8)) value = double.NaN;
        else if (word.SequenceEqual("Infinity"u8))
            value = isNegative ? double.NegativeInfinity : double.PositiveInfinity;
        return value != 0;
    }

    /// <summary>Java takes a letter of the type after the digits: 1.5f, 1e3D.</summary>
    private static ReadOnlySpan<byte> WithoutSuffix(ReadOnlySpan<byte> text) =>
        text.Length > 1 && (text[^1] | 0x20) is 'd' or 'f' && text[^2] is >= (byte)'.' and <= (byte)'9'
            ? text[..^1]
            : text;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && text[0] <= ' ') text = text[1..];
        while (text.Length > 0 && text[^1] <= ' ') text = text[..^1];
        return text;
    }
}
