using System.Globalization;
using System.Text;
using Millrace.Operators.Functions;
using Millrace.Operators.Functions.Json;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Decimal numbers of JSON texts, as Java's BigDecimal reads and writes them.</summary>
internal static class JsonDecimals
{
    /// <summary>Greater exponents are refused; what fits a DECIMAL stays far below.</summary>
    private const int MaxExponent = 100_000;

    /// <summary>Reads digits with an optional point and exponent, rounding half up to the scale.</summary>
    /// <param name="unscaled">Null where the number has more digits than the precision.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, int precision, int scale, out Int128? unscaled)
    {
        unscaled = null;
        if (!TrySplit(text, out bool isNegative, out string digits, out int fractionDigits)) return false;
        int shift = scale - fractionDigits;
        string kept = shift >= 0 ? digits : digits.Length + shift > 0 ? digits[..(digits.Length + shift)]
            : "";
        bool roundsUp = shift < 0 && digits.Length + shift >= 0 && digits[digits.Length + shift] >= '5';
        kept = kept.TrimStart('0');
        if (kept.Length == 0 && !roundsUp)
        {
            unscaled = 0;
            return true;
        }
        if (kept.Length + Math.Max(0, shift) > precision) return true;
        Int128 value = kept.Length == 0 ? 0 : Int128.Parse(kept, CultureInfo.InvariantCulture);
        for (int i = 0; i < shift; i++) value *= 10;
        if (roundsUp) value++;
        if (value < Decimals.PowerOfTen(precision)) unscaled = isNegative ? -value : value;
        return true;
    }

    /// <summary>
    /// A JSON number as BigDecimal.toString prints it; as it stands where its exponent is past the limit.
    /// </summary>
    public static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> number)
    {
        if (number.ContainsAny((byte)'e', (byte)'E') && !TrySplit(number, out _, out _, out _)) return number;
        var output = new TextBuffer();
        JsonNumbers.AppendDecimal(number, output);
        return output.Written;
    }

    /// <summary>
    /// Takes a number apart: its digits without the point, and how many of them follow the point.
    /// </summary>
    private static bool TrySplit(
        ReadOnlySpan<byte> text, out bool isNegative, out string digits, out int fractionDigits)
    {
        isNegative = text is [(byte)'-', ..];
        digits = "";
        fractionDigits = 0;
        if (text is [(byte)'-' or (byte)'+', ..]) text = text[1..];
        int exponent = 0;
        int mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            if (!int.TryParse(
                text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || Math.Abs((long)exponent) > MaxExponent)
                return false;
            text = text[..mark];
        }
        int point = text.IndexOf((byte)'.');
        string whole = Encoding.ASCII.GetString(point < 0 ? text : text[..point]);
        string fraction = point < 0 ? "" : Encoding.ASCII.GetString(text[(point + 1)..]);
        digits = whole + fraction;
        fractionDigits = fraction.Length - exponent;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit);
    }
}
