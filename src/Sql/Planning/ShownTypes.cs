using System.Collections.Frozen;
using Millrace.Operators.Matching;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// The types of a query's result as Flink shows them. It marks a timestamp as row time also where it was only
/// computed from one, by a floor, an interval, a group key or MAX: a mark without consequences, which no
/// operator sees.
/// </summary>
internal static class ShownTypes
{
    private static readonly FrozenSet<string> _keep = new[]
    {
        "+", "-", "FLOOR", "CEIL", "TIMESTAMPADD",
    }.ToFrozenSet();

    public static Schema Of(Rel query)
    {
        bool[] marks = Marks(query);
        return new Schema([.. query.Schema.Fields.Select((f, i) =>
            marks[i] || f.Type.TimeAttribute == TimeAttribute.Rowtime
                ? f with { Type = Rowtime(f.Type) }
                : f)]);
    }

    private static LogicalType Rowtime(LogicalType type) =>
        type with { TimeAttribute = TimeAttribute.Rowtime, Precision = Math.Max(3, type.Precision) };

    /// <summary>Which columns come from a row time.</summary>
    private static bool[] Marks(Rel rel) => rel switch
    {
        ScanRel => [.. rel.Schema.Fields.Select(f => f.Type.TimeAttribute == TimeAttribute.Rowtime)],
        FilterRel filter => Marks(filter.Input),
        ProjectRel project => Project(project, Marks(project.Input)),
        UnionRel union => Marks(union.Branches[0]),
        AggregateRel aggregate => Aggregate(aggregate, Marks(aggregate.Input)),
        LookupRel lookup => [.. Marks(lookup.Input), .. new bool[lookup.OutputColumns.Length]],
        MatchRel match => Match(match.Plan, Marks(match.Input)),
        _ => new bool[rel.Schema.Count],
    };

    private static bool[] Project(ProjectRel project, bool[] input) =>
        [.. project.Outputs.Select(e => IsFromTime(e, i => input[i]))];

    private static bool[] Aggregate(AggregateRel aggregate, bool[] input) =>
    [
        .. aggregate.Keys.Select(k => input[k]),
        .. aggregate.Calls.Select(c =>
            c.Function is "MIN" or "MAX" or "FIRST_VALUE" or "LAST_VALUE" && input[c.Arguments[0]]),
    ];

    private static bool[] Match(MatchPlan plan, bool[] input) =>
    [
        .. plan.PartitionBy.Select(k => input[k]),
        .. plan.Measures.Select(m => IsFromTime(m.Expression, i => m.References[i] switch
        {
            MatchTime => true,
            MatchColumn column => input[column.Column],
            MatchAggregate { Function: "MIN" or "MAX", Argument: { } argument } =>
                IsFromTime(argument, c => input[c]),
            _ => false,
        })),
    ];

    private static bool IsFromTime(Expr expression, Predicate<int> isFromTime) => expression switch
    {
        InputRef column => isFromTime(column.Index),
        Call { Function: "CASE" or "COALESCE" or "GREATEST" or "LEAST" } choice =>
            choice.Type.IsTimestamp && IsChosenFromTime(choice, isFromTime),
        Call call => call.Type.IsTimestamp && _keep.Contains(call.Function)
            && call.Arguments.Any(a => a.Type.Kind == call.Type.Kind && IsFromTime(a, isFromTime)),
        _ => false,
    };

    /// <summary>The first value decides, unless CASE has one of another precision.</summary>
    private static bool IsChosenFromTime(Call choice, Predicate<int> isFromTime)
    {
        Expr[] values = [.. choice.Arguments.Where(a => a.Type.Kind == choice.Type.Kind
            && a is not Literal { Text: null })];
        return values.Length > 0 && IsFromTime(values[0], isFromTime)
            && (choice.Function != "CASE" || values.All(v => v is not Call { Function: "CAST" } cast
                || !cast.Arguments[0].Type.IsTimestamp
                || cast.Arguments[0].Type.Precision == choice.Type.Precision));
    }
}
