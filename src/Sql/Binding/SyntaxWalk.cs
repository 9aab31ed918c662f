using Millrace.Operators.Aggregates;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// Looks through expressions of the syntax tree without binding them; stays out of subqueries.
/// </summary>
internal static class SyntaxWalk
{
    /// <summary>Whether an aggregate function is called in it, outside OVER.</summary>
    public static bool HasAggregate(SqlExpr expression) => Any(expression, IsAggregate);

    public static bool Any(SqlExpr expression, Predicate<SqlExpr> holds) =>
        holds(expression) || Children(expression).Any(c => Any(c, holds));

    /// <summary>The expression and all below it.</summary>
    public static IEnumerable<SqlExpr> All(SqlExpr expression) =>
        Children(expression).SelectMany(All).Prepend(expression);

    public static bool IsAggregate(SqlExpr expression) => expression switch
    {
        JsonObjectAggCall or JsonArrayAggCall => true,
        FunctionCall { Over: null } call => AggregateCatalog.Knows(call.UpperName),
        _ => false,
    };

    public static IEnumerable<SqlExpr> Children(SqlExpr expression) => expression switch
    {
        FieldAccess e => [e.Operand],
        Subscript e => [e.Operand, e.Index],
        UnaryExpr e => [e.Operand],
        BinaryExpr e => [e.Left, e.Right],
        DistinctFrom e => [e.Left, e.Right],
        IsTest e => [e.Operand],
        BetweenExpr e => [e.Operand, e.Low, e.High],
        LikeExpr e => e.Escape is null ? [e.Operand, e.Pattern] : [e.Operand, e.Pattern, e.Escape],
        InList e => [e.Operand, .. e.Values],
        InQuery e => [e.Operand],
        QuantifiedComparison e => [e.Left],
        CaseExpr e => CaseParts(e),
        CastExpr e => [e.Operand],
        RowConstructor e => e.Items,
        ArrayConstructor e => e.Items,
        MapConstructor e => e.Items,
        FunctionCall e => e.Filter is null ? e.Arguments : [.. e.Arguments, e.Filter],
        NamedArgument e => [e.Value],
        TrimExpr e => e.Characters is null ? [e.Operand] : [e.Characters, e.Operand],
        MatchSemantics e => [e.Operand],
        JsonValueCall e => [e.Input, e.Path],
        JsonQueryCall e => [e.Input, e.Path],
        JsonExistsCall e => [e.Input, e.Path],
        JsonObjectCall e => e.Members.SelectMany(m => new[] { m.Key, m.Value }),
        JsonArrayCall e => e.Items,
        JsonObjectAggCall e => e.Filter is null ? [e.Key, e.Value] : [e.Key, e.Value, e.Filter],
        JsonArrayAggCall e => e.Filter is null ? [e.Item] : [e.Item, e.Filter],
        _ => [],
    };

    private static IEnumerable<SqlExpr> CaseParts(CaseExpr expression)
    {
        if (expression.Operand is not null) yield return expression.Operand;
        foreach (CaseBranch branch in expression.Branches)
        {
            yield return branch.Condition;
            yield return branch.Result;
        }
        if (expression.Else is not null) yield return expression.Else;
    }
}
