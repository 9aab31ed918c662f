using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Aggregates;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Sql.Binding;

/// <summary>
/// What Flink computes while it plans: a relation whose conditions can never be met has no rows, and counts,
/// sums and extremes of all its rows are one constant row, where those of rows that never come are none.
/// </summary>
internal static class KnownEmpty
{
    private static readonly string[] _reducible = ["COUNT", "SUM", "MIN", "MAX"];

    /// <summary>
    /// Whether the text of the query alone says that there are no rows; conditions that contradict each other
    /// are seen only where a column equals two constants.
    /// </summary>
    public static bool Is(Rel rel) => rel switch
    {
        FilterRel filter => IsNever(filter.Condition) || Is(filter.Input),
        ProjectRel project => Is(project.Input),
        UnionRel union => union.Branches.All(Is),
        AggregateRel aggregate => !aggregate.Keys.IsEmpty && Is(aggregate.Input),
        _ => false,
    };

    /// <summary>The aggregates of no rows, without keys; null where Flink leaves them to the job.</summary>
    public static ValuesRel? Aggregated(AggregateRel aggregate)
    {
        if (!aggregate.Keys.IsEmpty || aggregate.Calls.IsEmpty || !Is(aggregate.Input)
            || aggregate.Calls.Any(c => !_reducible.Contains(c.Function)))
            return null;
        ImmutableArray<Expr> row = [.. aggregate.Calls.Select(OfNothing)];
        return new ValuesRel([row], aggregate.Schema, aggregate.Span);
    }

    private static Expr OfNothing(AggregateCall call) =>
        call.Function == "COUNT" ? LiteralBinder.BigInt(0) : new Literal(null, call.Type);

    private static bool IsNever(Expr condition)
    {
        Expr[] all = [.. Functions.Conjuncts(condition)];
        return all.Any(IsNeverTrue) || all.Select(Constant).OfType<(int Column, string Value)>().Distinct()
            .GroupBy(c => c.Column).Any(c => c.Count() > 1);
    }

    private static bool IsNeverTrue(Expr condition) => condition switch
    {
        Literal literal => literal.Text != "true",
        Call { Function: "IS NULL", Arguments: [InputRef column] } => !column.Type.Nullable,
        Call { Function: "CAST" } cast => IsNull(cast),
        Call { Function: "NOT", Arguments: [Literal negated] } => negated.Text != "false",
        Call { Function: "=" or "<>" or "<" or "<=" or ">" or ">=" } call when call.Arguments.Any(IsNull) => true,
        Call { Function: "OR" } or => or.Arguments.All(IsNeverTrue),
        Call { Arguments: [Literal left, Literal right] } call => IsFalse(call.Function, left, right),
        _ => false,
    };

    private static bool IsNull(Expr value) =>
        value is Literal { Text: null } or Call { Function: "CAST", Arguments: [Literal { Text: null }] };

    /// <summary>A comparison of two numbers or two texts that does not hold.</summary>
    private static bool IsFalse(string comparison, Literal left, Literal right)
    {
        if (left.Type.IsCharacter && right.Type.IsCharacter)
            return comparison == "=" && left.Text is { } text && right.Text is { } other && text != other;
        if (!IsNumber(left, out decimal a) || !IsNumber(right, out decimal b)) return false;
        return comparison switch
        {
            "=" => a != b,
            "<>" => a == b,
            "<" => a >= b,
            "<=" => a > b,
            ">" => a <= b,
            ">=" => a < b,
            _ => false,
        };
    }

    private static bool IsNumber(Literal literal, out decimal value)
    {
        value = 0;
        return literal.Type.IsNumeric
            && decimal.TryParse(literal.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static (int Column, string Value)? Constant(Expr condition) =>
        condition is Call { Function: "=", Arguments: [InputRef column, Literal { Text: { } text }] }
            ? (column.Index, text)
            : null;
}
