using System.Collections.Immutable;
using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>The function catalog with places: what it refuses becomes a <see cref="SqlException"/>.</summary>
internal static class Functions
{
    public static Expr Bind(
        string name, ImmutableArray<Expr> args, SourceSpan span, ImmutableArray<string> options = default) =>
        name is "/" or "%" or "MOD" && IsOfZero(args)
            ? throw new SqlException(SqlErrorKind.Invalid, "Division by zero.", span)
            : At(span, () => FunctionCatalog.Bind(name, args, options));

    public static Expr Cast(Expr value, LogicalType type, bool isTry, SourceSpan span) =>
        At(span, () => FunctionCatalog.Cast(value, type, isTry));

    public static Expr Coerce(Expr value, LogicalType type, SourceSpan span) =>
        At(span, () => FunctionCatalog.Coerce(value, type));

    public static Expr And(Expr left, Expr right, SourceSpan span) => Bind("AND", [left, right], span);

    /// <summary>All of them together; null where there are none, or none but TRUE.</summary>
    public static Expr? AllOf(IEnumerable<Expr> conjuncts)
    {
        Expr[] parts = [.. conjuncts.Where(c => c is not Literal { Text: "true" })];
        return parts.Length == 0 ? null
            : parts.Length == 1 ? parts[0]
            : FunctionCatalog.Bind("AND", [.. parts]);
    }

    /// <summary>The parts of a condition that must all be TRUE.</summary>
    public static IEnumerable<Expr> Conjuncts(Expr condition) =>
        condition is Call { Function: "AND" } and ? and.Arguments.SelectMany(Conjuncts) : [condition];

    /// <summary>
    /// As in Flink, which computes constants while it plans, a constant divided by 0 fails there.
    /// </summary>
    private static bool IsOfZero(ImmutableArray<Expr> args) =>
        args is [Literal { Type: { IsNumeric: true, IsApproximate: false }, Text: not null },
            Literal { Type: { IsNumeric: true, IsApproximate: false }, Text: { } divisor }]
        && !divisor.AsSpan().ContainsAnyInRange('1', '9');

    public static T At<T>(SourceSpan span, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (FunctionException e)
        {
            throw new SqlException(
                e.IsUnsupported ? SqlErrorKind.Unsupported : SqlErrorKind.Invalid, e.Message, span);
        }
    }
}
