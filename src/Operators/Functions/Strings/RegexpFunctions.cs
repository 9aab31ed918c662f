using System.Text.RegularExpressions;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>Functions of regular expressions. A bad pattern gives NULL, in REGEXP FALSE.</summary>
internal static class RegexpFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("REGEXP", Signature.Of(LogicalType.Boolean, Parameter.String, Parameter.String),
            (_, _) => IsMatch()),
        new("REGEXP_REPLACE",
            Signature.Of(LogicalType.String, Parameter.String, Parameter.String, Parameter.String),
            (_, _) => Replace()),
        new("REGEXP_EXTRACT",
            Signature.Nullable(LogicalType.String, 2, Parameter.String, Parameter.String, Parameter.Int),
            (_, _) => Extract()),
        new("REGEXP_EXTRACT_ALL",
            Signature.Nullable(LogicalType.Array(LogicalType.String), 2, Parameter.String, Parameter.String,
                Parameter.BigInt),
            (_, _) => ExtractAll()),
        new("REGEXP_COUNT", Signature.Nullable(LogicalType.Int, 2, Parameter.String, Parameter.String),
            (_, _) => Count()),
        new("REGEXP_INSTR", Signature.Nullable(LogicalType.Int, 2, Parameter.String, Parameter.String),
            (_, _) => Instr()),
        new("REGEXP_SUBSTR", Signature.Nullable(LogicalType.String, 2, Parameter.String, Parameter.String),
            (_, _) => Substr()),
    ];

    private static PatternCache<Regex?> Cache() =>
        new(pattern => JavaRegex.TryParse(Utf8Text.Decode(pattern)));

    /// <summary>An empty pattern matches nothing here.</summary>
    private static Kernel IsMatch()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Value<bool>((a, row) =>
        {
            if (a[1].Bytes(row).IsEmpty || cache.Get(a[1].Bytes(row)) is not { } regex) return false;
            string text = Utf8Text.Decode(a[0].Bytes(row));
            return JavaRegex.Guard(regex, () => regex.IsMatch(text));
        });
    }

    /// <summary>The replacement is taken literally.</summary>
    private static Kernel Replace()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Text((a, row, output) =>
        {
            if (cache.Get(a[1].Bytes(row)) is not { } regex)
            {
                output.AppendNull();
                return;
            }
            string text = Utf8Text.Decode(a[0].Bytes(row));
            string replacement = Utf8Text.Decode(a[2].Bytes(row));
            Utf8Text.Append(output, JavaRegex.Guard(regex, () => regex.Replace(text, _ => replacement)));
        });
    }

    /// <summary>The group (0: the whole) of the first match; NULL for no match or no such group.</summary>
    private static Kernel Extract()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Text((a, row, output) =>
        {
            int group = a.Length > 2 ? a[2].Value<int>(row) : 0;
            Match? match = FirstMatch(cache.Get(a[1].Bytes(row)), a[0].Bytes(row));
            Append(match is { Success: true } && group >= 0 ? match.Groups[group] : null, output);
        });
    }

    private static void Append(Group? group, BytesColumnBuilder output)
    {
        if (group is { Success: true }) Utf8Text.Append(output, group.ValueSpan);
        else output.AppendNull();
    }

    private static Match? FirstMatch(Regex? regex, ReadOnlySpan<byte> bytes)
    {
        if (regex is null) return null;
        string text = Utf8Text.Decode(bytes);
        return JavaRegex.Guard(regex, () => regex.Match(text));
    }

    /// <summary>That group of every match; the first group by default.</summary>
    private static Kernel ExtractAll()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Build(
            count => (ListColumnBuilder)ColumnBuilder.Create(LogicalType.Array(LogicalType.String), count),
            (a, row, output) =>
            {
                long group = a.Length > 2 ? a[2].Value<long>(row) : 1;
                Regex? regex = cache.Get(a[1].Bytes(row));
                if (regex is null || group < 0 || group >= regex.GetGroupNumbers().Length)
                {
                    output.AppendNull();
                    return;
                }
                string text = Utf8Text.Decode(a[0].Bytes(row));
                var texts = (BytesColumnBuilder)output.Children[0];
                foreach (Match match in JavaRegex.Guard(regex, () => regex.Matches(text).ToArray()))
                    Append(match.Groups[(int)group], texts);
                output.EndRow();
            });
    }

    private static Kernel Count()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Nullable<int>((a, row) =>
        {
            if (cache.Get(a[1].Bytes(row)) is not { } regex) return null;
            string text = Utf8Text.Decode(a[0].Bytes(row));
            return JavaRegex.Guard(regex, () => regex.Count(text));
        });
    }

    /// <summary>
    /// Where the first match begins, from 1, in UTF-16 units as Flink counts here; 0 for none.
    /// </summary>
    private static Kernel Instr()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Nullable<int>((a, row) =>
        {
            Match? match = FirstMatch(cache.Get(a[1].Bytes(row)), a[0].Bytes(row));
            return match is null ? null : match.Success ? match.Index + 1 : 0;
        });
    }

    private static Kernel Substr()
    {
        PatternCache<Regex?> cache = Cache();
        return RowKernels.Text((a, row, output) =>
            Append(FirstMatch(cache.Get(a[1].Bytes(row)), a[0].Bytes(row)), output));
    }
}
