using System.Collections.Immutable;
using Millrace.Shared.Expressions;

namespace Millrace.Sql.Binding;

/// <summary>Walks and rewrites bound expressions.</summary>
internal static class ExprTree
{
    /// <summary>
    /// Replaces bottom-up: <paramref name="change"/> gives a node's replacement, or null to keep it.
    /// </summary>
    public static Expr Rewrite(Expr expression, Func<Expr, Expr?> change)
    {
        if (change(expression) is { } changed) return changed;
        if (expression is not Call call) return expression;
        var arguments = ImmutableArray.CreateBuilder<Expr>(call.Arguments.Length);
        bool isSame = true;
        foreach (Expr argument in call.Arguments)
        {
            Expr rewritten = Rewrite(argument, change);
            isSame &= ReferenceEquals(rewritten, argument);
            arguments.Add(rewritten);
        }
        return isSame ? call : call with { Arguments = arguments.MoveToImmutable() };
    }

    /// <summary>Each column replaced by the value at its index.</summary>
    public static Expr Substitute(Expr expression, IReadOnlyList<Expr> values) =>
        Rewrite(expression, e => e is InputRef r ? values[r.Index] : null);

    /// <summary>Each column moved to its new index.</summary>
    public static Expr Remap(Expr expression, Func<int, int> newIndex) =>
        Rewrite(expression, e => e is InputRef r ? r with { Index = newIndex(r.Index) } : null);

    public static IEnumerable<int> Columns(Expr expression) => expression switch
    {
        InputRef reference => [reference.Index],
        Call call => call.Arguments.SelectMany(Columns),
        _ => [],
    };

    public static bool Any(Expr expression, Predicate<Expr> holds) =>
        holds(expression) || (expression is Call call && call.Arguments.Any(a => Any(a, holds)));
}
