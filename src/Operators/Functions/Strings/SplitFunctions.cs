using System.Text.RegularExpressions;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>Texts taken apart.</summary>
internal static class SplitFunctions
{
    private static readonly LogicalType Texts = LogicalType.Array(LogicalType.String);
    private static readonly LogicalType TextMap = LogicalType.Map(LogicalType.String, LogicalType.String);

    public static FunctionDefinition[] All { get; } =
    [
        new("SPLIT_INDEX", BindSplitIndex, (_, _) => RowKernels.Text(SplitIndex)),
        new("SPLIT", Signature.Of(Texts, Parameter.String, Parameter.String), (_, _) => RowKernels.Build(
            count => (ListColumnBuilder)ColumnBuilder.Create(Texts, count), Split)),
        new("STR_TO_MAP",
            Signature.Nullable(TextMap, 1, Parameter.String, Parameter.String, Parameter.String),
            (_, _) => StrToMap()),
    ];

    /// <summary>The separator may be given as the code of its character.</summary>
    private static Call BindSplitIndex(CallSite site)
    {
        site.Arity(3);
        bool isCode = site.Type(1).IsInteger;
        return site.CallExactly(
            LogicalType.String.AsNullable(),
            Signature.Check(
                site, 3, Parameter.String, isCode ? Parameter.Int : Parameter.String, Parameter.Int));
    }

    /// <summary>
    /// The part at an index from 0; empty parts count; NULL where there is none, and for an empty text.
    /// </summary>
    private static void SplitIndex(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        ReadOnlySpan<byte> rest = a[0].Bytes(row);
        int index = a[2].Value<int>(row);
        Span<byte> code = stackalloc byte[4];
        ReadOnlySpan<byte> separator =
            a[1].Column is BytesColumn ? a[1].Bytes(row) : Encode(a[1].Value<int>(row), code);
        if (index < 0 || rest.IsEmpty)
        {
            output.AppendNull();
            return;
        }
        for (; ; index--)
        {
            int found = separator.IsEmpty ? -1 : rest.IndexOf(separator);
            if (index == 0)
            {
                output.Append(found < 0 ? rest : rest[..found]);
                return;
            }
            if (found < 0)
            {
                output.AppendNull();
                return;
            }
            rest = rest[(found + separator.Length)..];
        }
    }

    private static ReadOnlySpan<byte> Encode(int code, Span<byte> room) =>
        System.Text.Rune.IsValid(code) ? room[..new System.Text.Rune(code).EncodeToUtf8(room)] : [];

    /// <summary>All parts; an empty separator gives the single characters, an empty text no part.</summary>
    private static void Split(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        ReadOnlySpan<byte> rest = a[0].Bytes(row);
        ReadOnlySpan<byte> separator = a[1].Bytes(row);
        var parts = (BytesColumnBuilder)output.Children[0];
        if (separator.IsEmpty)
        {
            for (; !rest.IsEmpty; rest = rest[Utf8Text.Length(rest, 0)..])
                parts.Append(rest[..Utf8Text.Length(rest, 0)]);
        }
        else if (!rest.IsEmpty)
        {
            for (int found; (found = rest.IndexOf(separator)) >= 0; rest = rest[(found + separator.Length)..])
                parts.Append(rest[..found]);
            parts.Append(rest);
        }
        output.EndRow();
    }

    /// <summary>
    /// Pairs by <c>,</c> and <c>=</c> or by two regular expressions; the last of equal keys wins; a pair
    /// without separator has no value.
    /// </summary>
    private static Kernel StrToMap()
    {
        var pairs = new PatternCache<Regex?>(pattern => JavaRegex.TryParse(Utf8Text.Decode(pattern)));
        var values = new PatternCache<Regex?>(pattern => JavaRegex.TryParse(Utf8Text.Decode(pattern)));
        return RowKernels.Build(
            count => (ListColumnBuilder)ColumnBuilder.Create(TextMap, count),
            (a, row, output) =>
            {
                Regex? pair = pairs.Get(a.Length > 1 ? a[1].Bytes(row) : ","u8);
                Regex? value = values.Get(a.Length > 2 ? a[2].Bytes(row) : "="u8);
                if (pair is null || value is null) output.AppendNull();
                else Append(Entries(Utf8Text.Decode(a[0].Bytes(row)), pair, value), output);
            });
    }

    private static Dictionary<string, string?> Entries(string text, Regex pair, Regex value)
    {
        var entries = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (text.Length == 0) return entries;
        foreach (string part in pair.Split(text))
        {
            Match match = value.Match(part);
            if (match.Success) entries[part[..match.Index]] = part[(match.Index + match.Length)..];
            else entries[part] = null;
        }
        return entries;
    }

    private static void Append(Dictionary<string, string?> entries, ListColumnBuilder output)
    {
        foreach ((string key, string? value) in entries)
        {
            Utf8Text.Append((BytesColumnBuilder)output.Children[0], key);
            if (value is null) output.Children[1].AppendNull();
            else Utf8Text.Append((BytesColumnBuilder)output.Children[1], value);
        }
        output.EndRow();
    }
}
