using System.Globalization;

namespace Millrace.CaseRunner;

/// <summary>DECIMAL values as text, with all their fraction digits.</summary>
internal static class DecimalText
{
    /// <summary>
    /// The unscaled value of a number as written; digits beyond the scale are rounded half up.
    /// </summary>
    public static Int128 Parse(string text, int scale)
    {
        bool isNegative = text.StartsWith('-');
        string digits = text.TrimStart('-', '+');
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? digits : digits[..point];
        string fraction = point < 0 ? "" : digits[(point + 1)..];
        bool roundsUp = fraction.Length > scale && fraction[scale] >= '5';
        fraction = fraction.Length > scale ? fraction[..scale] : fraction.PadRight(scale, '0');
        Int128 value = Int128.Parse(whole + fraction, CultureInfo.InvariantCulture) + (roundsUp ? 1 : 0);
        return isNegative ? -value : value;
    }

    public static string Of(Int128 value, int scale)
    {
        string digits = Int128.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return value < 0 ? "-" + text : text;
    }
}
