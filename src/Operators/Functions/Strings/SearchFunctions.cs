using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>Finding texts in texts; positions count code points from 1, 0 means not found.</summary>
internal static class SearchFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("POSITION", Signature.Of(LogicalType.Int, Parameter.String, Parameter.String),
            (_, _) => RowKernels.Value<int>((a, row) => Find(a[1].Bytes(row), a[0].Bytes(row), 1))),
        new("LOCATE", Signature.Of(LogicalType.Int, 2, Parameter.String, Parameter.String, Parameter.Int),
            (_, _) => RowKernels.Value<int>((a, row) => Find(
                a[1].Bytes(row), a[0].Bytes(row), a.Length > 2 ? a[2].Value<int>(row) : 1))),
        new("INSTR",
            Signature.Of(
                LogicalType.Int, 2, Parameter.String, Parameter.String, Parameter.Int, Parameter.Int),
            (_, _) => RowKernels.Nullable<int>(Instr)),
        new("STARTSWITH", Signature.Of(LogicalType.Boolean, Parameter.Bytes, Parameter.Bytes),
            (_, _) => RowKernels.Value<bool>((a, row) => a[0].Bytes(row).StartsWith(a[1].Bytes(row)))),
        new("ENDSWITH", Signature.Of(LogicalType.Boolean, Parameter.Bytes, Parameter.Bytes),
            (_, _) => RowKernels.Value<bool>((a, row) => a[0].Bytes(row).EndsWith(a[1].Bytes(row)))),
        new("ASCII", Signature.Of(LogicalType.Int, Parameter.String),
            // The signed first byte, as Java sees it.
            (_, _) =>
                RowKernels.Value<int>((a, row) => a[0].Bytes(row) is [var first, ..] ? (sbyte)first : 0)),
        new("CHR", Signature.Nullable(LogicalType.String, 1, Parameter.BigInt),
            (_, _) => RowKernels.Text(Chr)),
    ];

    /// <summary>An empty text is found at 1 wherever the search starts.</summary>
    /// <param name="from">Where the search starts; below 1 counts as 1.</param>
    private static int Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, int from)
    {
        if (part.IsEmpty) return 1;
        int start = Utf8Text.IndexOf(text, System.Math.Max(0, from - 1));
        int found = text[start..].IndexOf(part);
        return found < 0 ? 0 : Utf8Text.Count(text[..(start + found)]) + 1;
    }

    /// <summary>
    /// The n-th occurrence, which may overlap others; from a negative start backwards from the end.
    /// </summary>
    private static int? Instr(ReadOnlySpan<Operand> a, int row)
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        ReadOnlySpan<byte> part = a[1].Bytes(row);
        int start = a.Length > 2 ? a[2].Value<int>(row) : 1;
        int occurrence = a.Length > 3 ? a[3].Value<int>(row) : 1;
        if (occurrence <= 0 || start == 0) return 0;
        if (part.IsEmpty) return 1;
        return start > 0 ? Forward(text, part, start, occurrence) : Backward(text, part, -start, occurrence);
    }

    private static int Forward(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, int start, int occurrence)
    {
        int at = Utf8Text.IndexOf(text, start - 1);
        while (true)
        {
            int found = text[at..].IndexOf(part);
            if (found < 0) return 0;
            at += found;
            if (--occurrence == 0) return Utf8Text.Count(text[..at]) + 1;
            at++;
        }
    }

    private static int Backward(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, int fromEnd, int occurrence)
    {
        int count = Utf8Text.Count(text);
        if (fromEnd > count) return 0;
        int limit = Utf8Text.IndexOf(text, count - fromEnd);
        ReadOnlySpan<byte> searched = text[..System.Math.Min(text.Length, limit + part.Length)];
        while (true)
        {
            int found = searched.LastIndexOf(part);
            if (found < 0) return 0;
            if (--occurrence == 0) return Utf8Text.Count(text[..found]) + 1;
            searched = searched[..(found + part.Length - 1)];
        }
    }

    /// <summary>
    /// One character of the Latin-1 set, the number taken modulo 256; nothing for a negative one.
    /// </summary>
    private static void Chr(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        long code = a[0].Value<long>(row);
        if (code < 0) output.Append([]);
        else Utf8Text.Append(output, [(char)(code & 255)]);
    }
}
