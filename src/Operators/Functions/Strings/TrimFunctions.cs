using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// TRIM and its kin: takes away characters of a set at the ends, blanks where no set is given.
/// </summary>
internal static class TrimFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("TRIM", StringTypes.From(StringTypes.FirstVarying, 1, Parameter.String, Parameter.String),
            TrimOfCall),
        new("LTRIM", StringTypes.From(StringTypes.FirstVarying, 1, Parameter.String, Parameter.String),
            (_, _) => Trim(true, false)),
        new("RTRIM", StringTypes.From(StringTypes.FirstVarying, 1, Parameter.String, Parameter.String),
            (_, _) => Trim(false, true)),
        new("BTRIM", Signature.Of(LogicalType.String, 1, Parameter.String, Parameter.String),
            (_, _) => Trim(true, true)),
    ];

    private static Kernel TrimOfCall(Call call, EvaluationContext context)
    {
        string side = call.Options.IsDefaultOrEmpty ? "BOTH" : call.Options[0];
        return Trim(side != "TRAILING", side != "LEADING");
    }

    private static Kernel Trim(bool atStart, bool atEnd) => RowKernels.Text((a, row, output) =>
    {
        ReadOnlySpan<byte> text = a[0].Bytes(row);
        ReadOnlySpan<byte> set = a.Length > 1 ? a[1].Bytes(row) : " "u8;
        if (atStart) text = TrimStart(text, set);
        output.Append(atEnd ? TrimEnd(text, set) : text);
    });

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> set)
    {
        while (!text.IsEmpty)
        {
            int length = Utf8Text.Length(text, 0);
            if (!Contains(set, text[..length])) break;
            text = text[length..];
        }
        return text;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> set)
    {
        while (!text.IsEmpty)
        {
            int start = text.Length - 1;
            while (start > 0 && (text[start] & 0xC0) == 0x80) start--;
            if (!Contains(set, text[start..])) break;
            text = text[..start];
        }
        return text;
    }

    /// <summary>
    /// UTF-8 synchronizes itself: the bytes of a character occur in a valid text only as that character.
    /// </summary>
    private static bool Contains(ReadOnlySpan<byte> set, ReadOnlySpan<byte> character) =>
        set.IndexOf(character) >= 0;
}
