using System.Globalization;

namespace Millrace.Connectors.Formats;

/// <summary>FLOAT and DOUBLE as Java writes them: <c>1.0</c>, <c>1.5E-5</c>, <c>Infinity</c>.</summary>
internal static class FloatText
{
    public static string Of(double value) => Of(value, value.ToString("R", CultureInfo.InvariantCulture));

    public static string Of(float value) => Of(value, value.ToString("R", CultureInfo.InvariantCulture));

    /// <param name="value">The number.</param>
    /// <param name="shortest">The fewest digits that give it back, in .NET's form.</param>
    private static string Of(double value, string shortest)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        (string digits, int exponent) = Split(shortest.TrimStart('-'));
        string sign = value < 0 ? "-" : "";
        return sign + (exponent is >= -3 and < 7 ? Plain(digits, exponent)
            : $"{digits[0]}.{Rest(digits, 1)}E{exponent}");
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        string padded = digits.PadRight(exponent + 1, '0');
        return $"{padded[..(exponent + 1)]}.{Rest(padded, exponent + 1)}";
    }

    private static string Rest(string digits, int start) => digits.Length > start ? digits[start..] : "0";

    /// <summary>The significant digits, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Split(string number)
    {
        int mark = number.IndexOf('E', StringComparison.Ordinal);
        int exponent = mark < 0 ? 0 : int.Parse(number[(mark + 1)..], CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? number : number[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        return (significant.TrimEnd('0'), exponent - (digits.Length - significant.Length));
    }
}
