using System.Buffers.Text;
using System.Globalization;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// Numbers of JSON texts. Their digits are kept: an integer as it stands, any other number as Java's
/// BigDecimal prints it (1.10 stays 1.10, 1e3 becomes 1E+3, -0.0 becomes 0.0).
/// </summary>
internal static class JsonNumbers
{
    public static bool IsInteger(ReadOnlySpan<byte> raw) => raw.IndexOfAny(".eE"u8) < 0;

    /// <summary>The value of an integer token that fits an INT; null for any other number.</summary>
    public static int? TryInt32(ReadOnlySpan<byte> raw) =>
        IsInteger(raw) && Utf8Parser.TryParse(raw, out int value, out int used) && used == raw.Length
            ? value : null;

    /// <summary>
    /// The nearest DOUBLE; infinite where the number is too large, and never a negative zero, as a BigDecimal
    /// has none.
    /// </summary>
    public static double ToDouble(ReadOnlySpan<byte> raw)
    {
        double value = double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture);
        return value == 0 ? 0 : value;
    }

    /// <param name="raw">A number of a valid JSON text.</param>
    public static void Append(ReadOnlySpan<byte> raw, TextBuffer output)
    {
        if (!IsInteger(raw)) AppendDecimal(raw, output);
        else output.Append(raw.SequenceEqual("-0"u8) ? "0"u8 : raw);
    }

    /// <summary>
    /// A number written by Java's Double.toString, taken as the BigDecimal of these digits.
    /// </summary>
    public static void AppendDecimal(ReadOnlySpan<byte> raw, TextBuffer output)
    {
        bool isNegative = raw[0] == '-';
        if (isNegative) raw = raw[1..];
        int mark = raw.IndexOfAny("eE"u8);
        long exponent = mark < 0 ? 0 : Exponent(raw[(mark + 1)..]);
        ReadOnlySpan<byte> mantissa = mark < 0 ? raw : raw[..mark];
        int point = mantissa.IndexOf((byte)'.');
        long scale = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        byte[] digits = Digits(mantissa);
        if (isNegative && digits[0] != '0') output.Append("-"u8);
        long adjusted = digits.Length - 1 - scale;
        if (scale >= 0 && adjusted >= -6) AppendPlain(digits, (int)scale, output);
        else AppendScientific(digits, adjusted, output);
    }

    private static long Exponent(ReadOnlySpan<byte> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value : 0;

    /// <summary>The digits without the point and without zeros in front; 0 for none.</summary>
    private static byte[] Digits(ReadOnlySpan<byte> mantissa)
    {
        var digits = new List<byte>(mantissa.Length);
        foreach (byte b in mantissa)
            if (b != '.' && (b != '0' || digits.Count > 0)) digits.Add(b);
        return digits.Count == 0 ? [(byte)'0'] : [.. digits];
    }

    private static void AppendPlain(byte[] digits, int scale, TextBuffer output)
    {
        int whole = digits.Length - scale;
        if (whole > 0) output.Append(digits.AsSpan(0, whole));
        else output.Append("0"u8);
        if (scale == 0) return;
        output.Append("."u8);
        for (int i = whole; i < 0; i++) output.Append("0"u8);
        output.Append(digits.AsSpan(System.Math.Max(0, whole)));
    }

    private static void AppendScientific(byte[] digits, long adjusted, TextBuffer output)
    {
        output.Append(digits.AsSpan(0, 1));
        if (digits.Length > 1) output.Append("."u8);
        output.Append(digits.AsSpan(1));
        output.Append(adjusted < 0 ? "E-"u8 : "E+"u8);
        Utf8Formatter.TryFormat(System.Math.Abs(adjusted), output.Room(20), out int size);
        output.Advance(size);
    }
}
