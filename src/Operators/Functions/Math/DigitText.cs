using System.Globalization;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Math;

/// <summary>BIN, HEX and UNHEX.</summary>
internal static class DigitText
{
    /// <summary>A BIGINT in two's complement, without zeros in front.</summary>
    public static Column Bin(ReadOnlySpan<Operand> arguments, int count) =>
        OfNumber(arguments[0], count, "B");

    public static Column HexOfNumber(ReadOnlySpan<Operand> arguments, int count) =>
        OfNumber(arguments[0], count, "X");

    public static Column HexOfBytes(ReadOnlySpan<Operand> arguments, int count)
    {
        var builder = new BytesColumnBuilder(count);
        for (int i = 0; i < count; i++)
            if (arguments[0].IsNull(i)) builder.AppendNull();
            else builder.Append(Encoding.ASCII.GetBytes(Convert.ToHexString(arguments[0].Bytes(i))));
        return builder.Build();
    }

    /// <summary>
    /// The bytes of pairs of digits, a single first digit allowed; NULL where it is no hexadecimal.
    /// </summary>
    public static Column Unhex(ReadOnlySpan<Operand> arguments, int count)
    {
        var builder = new BytesColumnBuilder(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> text = arguments[0].IsNull(i) ? [] : arguments[0].Bytes(i);
            if (arguments[0].IsNull(i) || text.ContainsAnyExcept(Digits)) builder.AppendNull();
            else builder.Append(
                Convert.FromHexString((text.Length % 2 == 0 ? "" : "0") + Encoding.ASCII.GetString(text)));
        }
        return builder.Build();
    }

    private static readonly System.Buffers.SearchValues<byte> Digits =
        System.Buffers.SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static Column OfNumber(Operand number, int count, string format)
    {
        var builder = new BytesColumnBuilder(count);
        Span<byte> text = stackalloc byte[64];
        for (int i = 0; i < count; i++)
        {
            if (number.IsNull(i))
            {
                builder.AppendNull();
                continue;
            }
            number.Value<long>(i).TryFormat(text, out int size, format, CultureInfo.InvariantCulture);
            builder.Append(text[..size]);
        }
        return builder.Build();
    }
}
