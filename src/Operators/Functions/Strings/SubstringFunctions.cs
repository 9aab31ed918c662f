using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// Parts of texts by position; positions count code points from 1, in OVERLAY, LPAD and RPAD the UTF-16 units
/// of Java, where half a surrogate pair becomes a question mark.
/// </summary>
internal static class SubstringFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("CHAR_LENGTH", Signature.Of(LogicalType.Int, Parameter.String),
            (_, _) => RowKernels.Value(CharLength))
        {
            Aliases = ["CHARACTER_LENGTH"],
            IsCheapAndSafe = _ => true,
        },
        new("SUBSTRING",
            StringTypes.NullableFrom(
                StringTypes.FirstVarying, 2, Parameter.String, Parameter.Int, Parameter.Int),
            (_, _) => RowKernels.Text(Substring))
        {
            Aliases = ["SUBSTR"],
        },
        new("LEFT", StringTypes.NullableFrom(StringTypes.FirstVarying, 2, Parameter.String, Parameter.Int),
            (_, _) => RowKernels.Text(Left)),
        new("RIGHT", StringTypes.NullableFrom(StringTypes.FirstVarying, 2, Parameter.String, Parameter.Int),
            (_, _) => RowKernels.Text(Right)),
        new("OVERLAY",
            StringTypes.From(a => LogicalType.VarChar(StringTypes.Sum([a[0].Type, a[1].Type]).Precision), 3,
                Parameter.String, Parameter.String, Parameter.Int, Parameter.Int),
            (_, _) => RowKernels.Text(Overlay)),
        new("REVERSE", Signature.Nullable(LogicalType.String, 1, Parameter.String),
            (_, _) => RowKernels.Text(Reverse)),
        new("LPAD", Signature.Of(LogicalType.String, Parameter.String, Parameter.Int, Parameter.String),
            (_, _) => RowKernels.Text((a, row, output) => Pad(a, row, output, left: true))),
        new("RPAD", Signature.Of(LogicalType.String, Parameter.String, Parameter.Int, Parameter.String),
            (_, _) => RowKernels.Text((a, row, output) => Pad(a, row, output, left: false))),
    ];

    private static int CharLength(ReadOnlySpan<Operand> a, int row) => Utf8Text.Count(a[0].Bytes(row));

    /// <summary>
    /// Position 0 is 1, a negative one counts from the end; a position before the begin or behind the end
    /// gives an empty text, a negative length NULL.
    /// </summary>
    private static void Substring(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        int position = a[1].Value<int>(row);
        int length = a.Length > 2 ? a[2].Value<int>(row) : int.MaxValue;
        if (length < 0)
        {
            output.AppendNull();
            return;
        }
        int start = position > 0 ? position - 1 : position == 0 ? 0 : Utf8Text.Count(text) + position;
        ReadOnlySpan<byte> part = start < 0 ? default : Slice(text, start, length);
        output.Append(part);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> text, int start, int length)
    {
        ReadOnlySpan<byte> rest = text[Utf8Text.IndexOf(text, start)..];
        return length >= rest.Length ? rest : rest[..Utf8Text.IndexOf(rest, length)];
    }

    private static void Left(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output) =>
        output.Append(Slice(a[0].Bytes(row), 0, System.Math.Max(0, a[1].Value<int>(row))));

    private static void Right(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        int skipped = Utf8Text.Count(text) - System.Math.Max(0, a[1].Value<int>(row));
        output.Append(text[Utf8Text.IndexOf(text, System.Math.Max(0, skipped))..]);
    }

    /// <summary>
    /// A start outside the text leaves it alone; without a length, that of the replacement is taken.
    /// </summary>
    private static void Overlay(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        ReadOnlySpan<byte> replacement = a[1].Bytes(row);
        int position = a[2].Value<int>(row);
        if (!Utf8Text.IsAscii(text) || !Utf8Text.IsAscii(replacement))
        {
            int? replaced = a.Length > 3 ? a[3].Value<int>(row) : null;
            Utf8Text.Append(
                output, Overlay(Utf8Text.Decode(text), Utf8Text.Decode(replacement), position, replaced));
            return;
        }
        int length = a.Length > 3 ? a[3].Value<int>(row) : replacement.Length;
        int count = text.Length;
        if (position <= 0 || position > count)
        {
            output.Append(text);
            return;
        }
        int start = position - 1;
        // A length of 0 or less, or past the end, replaces all the rest: so does Flink.
        bool toEnd = length <= 0 || position - 1 + (long)length > count;
        int end = toEnd ? text.Length : start + length;
        int size = start + replacement.Length + text.Length - end;
        Span<byte> room = output.Reserve(size);
        text[..start].CopyTo(room);
        replacement.CopyTo(room[start..]);
        text[end..].CopyTo(room[(start + replacement.Length)..]);
        output.Commit(size);
    }

    private static string Overlay(string text, string replacement, int position, int? replaced)
    {
        if (position <= 0 || position > text.Length) return text;
        int length = replaced ?? replacement.Length;
        bool toEnd = length <= 0 || position - 1 + (long)length > text.Length;
        return text[..(position - 1)] + replacement + (toEnd ? "" : text[(position - 1 + length)..]);
    }

    private static void Reverse(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        Span<byte> room = output.Reserve(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = Utf8Text.Length(text, at);
            text.Slice(at, length).CopyTo(room[(text.Length - at - length)..]);
            at += length;
        }
        output.Commit(text.Length);
    }

    /// <summary>A longer text is cut; a negative length or an empty pad gives NULL.</summary>
    private static void Pad(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output, bool left)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        int length = a[1].Value<int>(row);
        ReadOnlySpan<byte> pad = a[2].Bytes(row);
        if (length < 0 || pad.IsEmpty)
        {
            output.AppendNull();
            return;
        }
        if (!Utf8Text.IsAscii(text) || !Utf8Text.IsAscii(pad))
        {
            StringLimits.Check(left ? "LPAD" : "RPAD", length);
            Utf8Text.Append(output, Pad(Utf8Text.Decode(text), length, Utf8Text.Decode(pad), left));
            return;
        }
        int missing = length - text.Length;
        if (missing <= 0)
        {
            output.Append(text[..length]);
            return;
        }
        int padBytes = StringLimits.Check(left ? "LPAD" : "RPAD", missing);
        Span<byte> room = output.Reserve(padBytes + text.Length);
        text.CopyTo(room[(left ? padBytes : 0)..]);
        Fill(room.Slice(left ? 0 : text.Length, padBytes), pad);
        output.Commit(padBytes + text.Length);
    }

    private static string Pad(string text, int length, string pad, bool left)
    {
        int missing = length - text.Length;
        if (missing <= 0) return text[..length];
        string padding = string.Concat(Enumerable.Repeat(pad, (missing / pad.Length) + 1))[..missing];
        return left ? padding + text : text + padding;
    }

    private static void Fill(Span<byte> room, ReadOnlySpan<byte> pad)
    {
        for (; room.Length >= pad.Length; room = room[pad.Length..]) pad.CopyTo(room);
        pad[..room.Length].CopyTo(room);
    }
}
