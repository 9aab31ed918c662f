using Millrace.Operators.Matching;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>The input columns that a MATCH_RECOGNIZE uses.</summary>
internal static class MatchColumns
{
    public static IEnumerable<int> Used(MatchPlan plan) =>
    [
        .. plan.PartitionBy,
        plan.TimeColumn,
        .. plan.ThenBy.Select(o => o.Column),
        .. Expressions(plan).SelectMany(e => e.References).SelectMany(Used),
    ];

    /// <summary>The same match over an input whose columns have moved.</summary>
    public static MatchPlan Remap(MatchPlan plan, Func<int, int> map, Schema input) => plan with
    {
        Input = input,
        PartitionBy = [.. plan.PartitionBy.Select(map)],
        TimeColumn = map(plan.TimeColumn),
        ThenBy = [.. plan.ThenBy.Select(o => o with { Column = map(o.Column) })],
        Variables =
        [
            .. plan.Variables.Select(
                v => v with { Condition = v.Condition is null ? null : Remap(v.Condition, map) }),
        ],
        Measures = [.. plan.Measures.Select(m => Remap(m, map))],
    };

    private static IEnumerable<MatchExpression> Expressions(MatchPlan plan) =>
        plan.Measures.Concat(plan.Variables.Select(v => v.Condition).OfType<MatchExpression>());

    private static IEnumerable<int> Used(MatchReference reference) => reference switch
    {
        MatchColumn column => [column.Column],
        MatchAggregate { Argument: { } argument } => ExprTree.Columns(argument),
        _ => [],
    };

    private static MatchExpression Remap(MatchExpression expression, Func<int, int> map) =>
        expression with { References = [.. expression.References.Select(r => Remap(r, map))] };

    private static MatchReference Remap(MatchReference reference, Func<int, int> map) => reference switch
    {
        MatchColumn column => column with { Column = map(column.Column) },
        MatchAggregate { Argument: { } argument } aggregate =>
            aggregate with { Argument = ExprTree.Remap(argument, map) },
        _ => reference,
    };
}
