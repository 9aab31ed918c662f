using System.Globalization;

namespace Millrace.Operators.Functions;

/// <summary>Decimals as text.</summary>
internal static class DecimalText
{
    /// <summary>Room that any decimal takes.</summary>
    public const int MaxSize = 48;

    /// <summary>
    /// With exactly <paramref name="scale"/> fraction digits and at least one before the point.
    /// </summary>
    public static string Format(Int128 value, int scale)
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        int size = Write(value, scale, buffer);
        return System.Text.Encoding.ASCII.GetString(buffer[..size]);
    }

    /// <param name="output">Room for <see cref="MaxSize"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Int128 value, int scale, Span<byte> output)
    {
        Span<byte> digits = stackalloc byte[MaxSize];
        UInt128 magnitude = value < 0 ? (UInt128)(-value) : (UInt128)value;
        magnitude.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        int end = 0;
        if (value < 0) output[end++] = (byte)'-';
        if (count <= scale)
        {
            output[end++] = (byte)'0';
            output[end++] = (byte)'.';
            output.Slice(end, scale - count).Fill((byte)'0');
            end += scale - count;
            digits[..count].CopyTo(output[end..]);
            return end + count;
        }
        digits[..(count - scale)].CopyTo(output[end..]);
        end += count - scale;
        if (scale == 0) return end;
        output[end++] = (byte)'.';
        digits.Slice(count - scale, scale).CopyTo(output[end..]);
        return end + scale;
    }
}
