using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Formats;

/// <summary>Decimal numbers as Java's BigDecimal reads and writes them.</summary>
internal static class DecimalText
{
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
        if (value < Power(precision)) unscaled = isNegative ? -value : value;
        return true;
    }

    /// <summary>A JSON number with a fraction or an exponent in the form of BigDecimal.toString.</summary>
    public static string Canonical(ReadOnlySpan<byte> number)
    {
        if (!TrySplit(number, out bool isNegative, out string digits,
            out int scale)) return Encoding.UTF8.GetString(number);
        digits = digits.TrimStart('0');
        bool isZero = digits.Length == 0;
        if (isZero) digits = "0";
        string sign = isNegative && !isZero ? "-" : "";
        long exponent = digits.Length - 1L - scale;
        if (scale == 0) return sign + digits;
        if (scale > 0 && exponent >= -6)
        {
            digits = digits.PadLeft(scale + 1, '0');
            return $"{sign}{digits[..^scale]}.{digits[^scale..]}";
        }
        string point = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        string power = exponent == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"E{exponent:+0;-0}");
        return sign + point + power;
    }

    /// <summary>An unscaled value with its decimal point and never an exponent.</summary>
    public static string Plain(Int128 unscaled, int scale)
    {
        string digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = unscaled < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>Takes a number apart: its digits without the point, and how many of them follow the
    /// point.</summary>
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

    private static Int128 Power(int precision)
    {
        Int128 power = 1;
        for (int i = 0; i < precision; i++) power *= 10;
        return power;
    }
}
