using System.Text.RegularExpressions;
using Millrace.Operators.Expressions;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>LIKE and SIMILAR TO, with their negations.</summary>
internal static class LikeFunctions
{
    private static readonly Func<CallSite, Expr> Binding = site =>
    {
        Expr bound =
            Signature.Of(LogicalType.Boolean, 2, Parameter.String, Parameter.String, Parameter.String)(site);
        CheckEscape((Call)bound);
        return bound;
    };

    public static FunctionDefinition[] All { get; } =
    [
        new("LIKE", Binding, (_, _) => Like(true)),
        new("NOT LIKE", Binding, (_, _) => Like(false)),
        new("SIMILAR TO", Binding, (_, _) => Similar(true)) { Aliases = ["SIMILAR"] },
        new("NOT SIMILAR TO", Binding, (_, _) => Similar(false)),
    ];

    /// <summary>
    /// Refuses a constant pattern that is wrong when the query is planned, not when it runs.
    /// </summary>
    private static void CheckEscape(Call call)
    {
        if (call.Arguments is not [_, Literal { Text: { } pattern }, ..]) return;
        string? escape =
            call.Arguments.Length > 2 && call.Arguments[2] is Literal literal ? literal.Text : null;
        if (call.Arguments.Length > 2 && escape is null) return;
        try
        {
            byte[]? escapeBytes = escape is null ? null : Escape(System.Text.Encoding.UTF8.GetBytes(escape));
            if (call.Function.EndsWith("LIKE", StringComparison.Ordinal))
                LikePattern.Parse(System.Text.Encoding.UTF8.GetBytes(pattern), escapeBytes);
            else SimilarPattern.Parse(pattern, escape);
        }
        catch (MillraceException error)
        {
            throw new FunctionException(error.Message);
        }
    }

    private static byte[] Escape(ReadOnlySpan<byte> escape) => Utf8Text.Count(escape) == 1
        ? escape.ToArray()
        : throw new MillraceException(
            ErrorKind.Invalid, $"ESCAPE takes one character, not '{Utf8Text.Decode(escape)}'.");

    private static Kernel Like(bool expected)
    {
        byte[]? escape = null;
        var cache = new PatternCache<LikePattern>(pattern => LikePattern.Parse(pattern, escape));
        return RowKernels.Value<bool>((a, row) =>
        {
            if (a.Length == 2) return cache.Get(a[1].Bytes(row)).Matches(a[0].Bytes(row)) == expected;
            byte[] own = Escape(a[2].Bytes(row));
            if (escape is null || !own.AsSpan().SequenceEqual(escape))
            {
                escape = own;
                cache = new PatternCache<LikePattern>(pattern => LikePattern.Parse(pattern, own));
            }
            return cache.Get(a[1].Bytes(row)).Matches(a[0].Bytes(row)) == expected;
        });
    }

    private static Kernel Similar(bool expected)
    {
        var cache = new PatternCache<Regex>(pattern => SimilarPattern.Parse(Utf8Text.Decode(pattern), null));
        return RowKernels.Value<bool>((a, row) =>
        {
            Regex regex = a.Length == 2
                ? cache.Get(a[1].Bytes(row))
                : SimilarPattern.Parse(Utf8Text.Decode(a[1].Bytes(row)), Utf8Text.Decode(a[2].Bytes(row)));
            string text = Utf8Text.Decode(a[0].Bytes(row));
            return JavaRegex.Guard(regex, () => regex.IsMatch(text)) == expected;
        });
    }
}
