using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Hashing;

/// <summary>Texts as bytes of a character set, and bytes as Base64 text.</summary>
internal static class EncodingFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("TO_BASE64", Signature.Of(LogicalType.String, Parameter.Bytes),
            (_, _) => RowKernels.Text(ToBase64)),
        new("FROM_BASE64", Signature.Of(LogicalType.String, Parameter.Bytes),
            (_, _) => RowKernels.Text(FromBase64)),
        new("ENCODE", Signature.Of(LogicalType.Bytes, Parameter.String, Parameter.String),
            (_, _) => RowKernels.Text((a, row, output) =>
                output.Append(Find(a[1].Bytes(row)).GetBytes(Utf8Text.Decode(a[0].Bytes(row)))))),
        new("DECODE", Signature.Of(LogicalType.String, Parameter.Bytes, Parameter.String),
            (_, _) => RowKernels.Text((a, row, output) =>
                Utf8Text.Append(output, Find(a[1].Bytes(row)).GetString(a[0].Bytes(row))))),
    ];

    private static void ToBase64(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> bytes = a[0].Bytes(row);
        Base64.EncodeToUtf8(
            bytes, output.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
        output.Commit(written);
    }

    private static void FromBase64(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length + 3)];
        // Java takes text without its padding too, and does not look at the bits that are left over.
        ReadOnlySpan<byte> digits = text.Length % 4 > 0 ? text
            : text.EndsWith("=="u8) ? text[..^2]
            : text.TrimEnd((byte)'=');
        int missing = (4 - digits.Length % 4) % 4;
        byte[] padded = [.. digits, .. "AAA"u8[..missing]];
        if (missing == 3
            || Base64.DecodeFromUtf8(padded, bytes, out _, out int written) != OperationStatus.Done)
            throw new MillraceException(ErrorKind.Invalid, $"'{Utf8Text.Decode(text)}' is no Base64 text.");
        Utf8Text.Append(output, Encoding.UTF8.GetString(bytes, 0, written - missing));
    }

    /// <summary>
    /// A character set by its name in Java; characters that it lacks become question marks.
    /// </summary>
    private static CharacterSet Find(ReadOnlySpan<byte> name) =>
        Utf8Text.Decode(name).ToUpperInvariant() switch
        {
            "UTF-8" or "UTF8" => CharacterSet.Utf8,
            "UTF-16BE" => CharacterSet.Utf16BigEndian,
            "UTF-16LE" => CharacterSet.Utf16LittleEndian,
            "UTF-16" => CharacterSet.Utf16,
            "ISO-8859-1" or "LATIN1" => CharacterSet.Latin1,
            "US-ASCII" or "ASCII" => CharacterSet.Ascii,
            _ => throw new MillraceException(
                ErrorKind.Invalid,
                $"There is no character set {Utf8Text.Decode(name)}; there are UTF-8, UTF-16, UTF-16BE, "
                + "UTF-16LE, " +
                "ISO-8859-1 and US-ASCII."),
        };
}
