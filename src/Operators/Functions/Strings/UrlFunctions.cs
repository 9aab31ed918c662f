using System.Globalization;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>URLs: their parts, and the encoding of HTML forms.</summary>
internal static class UrlFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("URL_ENCODE", Signature.Nullable(LogicalType.String, 1, Parameter.String),
            (_, _) => RowKernels.Text(Encode)),
        new("URL_DECODE", Signature.Nullable(LogicalType.String, 1, Parameter.String),
            (_, _) => RowKernels.Text(Decode)),
        new("PARSE_URL",
            Signature.Nullable(LogicalType.String, 2, Parameter.String, Parameter.String, Parameter.String),
            (_, _) => RowKernels.Text(ParseUrl)),
    ];

    private static void Encode(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        Span<byte> room = output.Reserve(3 * text.Length);
        int size = 0;
        foreach (byte b in text)
        {
            bool isPlain =
                char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'*' or (byte)'_';
            if (isPlain || b == ' ') room[size++] = b == ' ' ? (byte)'+' : b;
            else size += Escape(b, room[size..]);
        }
        output.Commit(size);
    }

    private static int Escape(byte b, Span<byte> room)
    {
        room[0] = (byte)'%';
        b.TryFormat(room[1..], out _, "X2", CultureInfo.InvariantCulture);
        return 3;
    }

    /// <summary>NULL for a broken escape.</summary>
    private static void Decode(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        byte[] bytes = new byte[text.Length];
        int size = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%') bytes[size++] = text[i] == '+' ? (byte)' ' : text[i];
            else if (i + 2 < text.Length && TryHex(text[i + 1], text[i + 2], out bytes[size]))
                (i, size) = (i + 2, size + 1);
            else
            {
                output.AppendNull();
                return;
            }
        }
        Utf8Text.Append(output, Encoding.UTF8.GetString(bytes, 0, size));
    }

    private static bool TryHex(byte high, byte low, out byte value)
    {
        value = 0;
        if (!char.IsAsciiHexDigit((char)high) || !char.IsAsciiHexDigit((char)low)) return false;
        value = Convert.FromHexString([(char)high, (char)low])[0];
        return true;
    }

    private static void ParseUrl(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        UrlParts? url = UrlParts.TryParse(Utf8Text.Decode(a[0].Bytes(row)));
        string part = Utf8Text.Decode(a[1].Bytes(row));
        string? value = a.Length > 2
            ? part == "QUERY" ? url?.QueryValue(Utf8Text.Decode(a[2].Bytes(row))) : null
            : url?.Part(part);
        if (value is null) output.AppendNull();
        else Utf8Text.Append(output, value);
    }
}
