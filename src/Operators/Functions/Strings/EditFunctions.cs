using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>Texts with their characters changed: case, replacements, translations.</summary>
internal static class EditFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("UPPER", StringTypes.From(StringTypes.First, 1, Parameter.String), (_, _) => RowKernels.Text(
            (a, row, output) => CaseMapping.AppendUpper(a[0].Bytes(row), output))),
        new("LOWER", StringTypes.From(StringTypes.First, 1, Parameter.String), (_, _) => RowKernels.Text(
            (a, row, output) => CaseMapping.AppendLower(a[0].Bytes(row), output))),
        new("INITCAP", StringTypes.From(StringTypes.First, 1, Parameter.String),
            (_, _) => RowKernels.Text(InitCap)),
        new("REPLACE", Signature.Of(LogicalType.String, Parameter.String, Parameter.String, Parameter.String),
            (_, _) => RowKernels.Text(Replace)),
        new("TRANSLATE",
            Signature.Of(LogicalType.String, Parameter.String, Parameter.String, Parameter.String),
            (_, _) => RowKernels.Text(Translate)),
    ];

    /// <summary>
    /// Words are runs of ASCII letters and digits; other characters are left and end a word.
    /// </summary>
    private static void InitCap(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        Span<byte> room = output.Reserve(text.Length);
        bool isInWord = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            bool isUpper = b is >= (byte)'A' and <= (byte)'Z';
            bool isLower = b is >= (byte)'a' and <= (byte)'z';
            room[i] = isUpper && isInWord ? (byte)(b | 0x20) : isLower && !isInWord ? (byte)(b & ~0x20) : b;
            isInWord = isUpper || isLower || b is >= (byte)'0' and <= (byte)'9';
        }
        output.Commit(text.Length);
    }

    /// <summary>
    /// Every occurrence, from the left, none overlapping; an empty one stands between all characters.
    /// </summary>
    private static void Replace(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        ReadOnlySpan<byte> part = a[1].Bytes(row);
        ReadOnlySpan<byte> replacement = a[2].Bytes(row);
        if (!part.IsEmpty && text.IndexOf(part) < 0)
        {
            output.Append(text);
            return;
        }
        long most = text.Length + (text.Length / System.Math.Max(1, part.Length) + 1L) * replacement.Length;
        Span<byte> room = output.Reserve(StringLimits.Check("REPLACE", most));
        int size =
            part.IsEmpty ? Intersperse(text, replacement, room) : Replace(text, part, replacement, room);
        output.Commit(size);
    }

    private static int Replace(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, ReadOnlySpan<byte> replacement, Span<byte> room)
    {
        int size = 0;
        for (int found; (found = text.IndexOf(part)) >= 0; text = text[(found + part.Length)..])
        {
            text[..found].CopyTo(room[size..]);
            replacement.CopyTo(room[(size + found)..]);
            size += found + replacement.Length;
        }
        text.CopyTo(room[size..]);
        return size + text.Length;
    }

    private static int Intersperse(ReadOnlySpan<byte> text, ReadOnlySpan<byte> replacement, Span<byte> room)
    {
        replacement.CopyTo(room);
        int size = replacement.Length;
        for (int at = 0; at < text.Length;)
        {
            int length = Utf8Text.Length(text, at);
            text.Slice(at, length).CopyTo(room[size..]);
            replacement.CopyTo(room[(size + length)..]);
            size += length + replacement.Length;
            at += length;
        }
        return size;
    }

    /// <summary>
    /// Each character of the second text by that of the third at its place; without one it falls away.
    /// </summary>
    private static void Translate(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        Rune[] from = [.. Utf8Text.Decode(a[1].Bytes(row)).EnumerateRunes()];
        Rune[] to = [.. Utf8Text.Decode(a[2].Bytes(row)).EnumerateRunes()];
        var result = new StringBuilder();
        foreach (Rune rune in Utf8Text.Decode(a[0].Bytes(row)).EnumerateRunes())
        {
            int index = Array.IndexOf(from, rune);
            if (index < 0) result.Append(rune.ToString());
            else if (index < to.Length) result.Append(to[index].ToString());
        }
        Utf8Text.Append(output, result.ToString());
    }
}
