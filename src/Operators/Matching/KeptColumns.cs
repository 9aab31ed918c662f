using System.Collections.Immutable;
using Millrace.Operators.Rows;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Matching;

/// <summary>
/// The input columns that are needed after a row has arrived, for measures, for conditions that look at other
/// rows and for the order of equal times; the others are not kept.
/// </summary>
internal sealed class KeptColumns
{
    private readonly Dictionary<int, int> _positions = [];

    /// <param name="epochs">The store whose snapshots share the rows.</param>
    public KeptColumns(MatchPlan plan, SlotStore epochs)
    {
        foreach (MatchOrder order in plan.ThenBy) Keep(order.Column);
        foreach (MatchExpression measure in plan.Measures) Keep(measure);
        for (int v = 0; v < plan.Variables.Length; v++)
            if (plan.Variables[v].Condition is { } condition && !MatchConditions.LooksAtRowOnly(condition, v))
                Keep(condition);
        Inputs = [.. _positions.OrderBy(p => p.Value).Select(p => p.Key)];
        Types = [.. Inputs.Select(i => plan.Input[i].Type)];
        Rows = new RowStore(Types, epochs);
    }

    /// <summary>The input columns, in the order of the store.</summary>
    public ImmutableArray<int> Inputs { get; }

    public ImmutableArray<LogicalType> Types { get; }

    public RowStore Rows { get; }

    /// <summary>The column of the store that holds an input column.</summary>
    public int PositionOf(int input) => _positions[input];

    public Column[] Select(ColumnBatch batch)
    {
        var columns = new Column[Inputs.Length];
        for (int i = 0; i < columns.Length; i++) columns[i] = batch.Columns[Inputs[i]];
        return columns;
    }

    /// <summary>The expression over the columns of the store instead of those of the input.</summary>
    public Expr Rebase(Expr expression) => expression switch
    {
        InputRef input => input with { Index = _positions[input.Index] },
        Call call => call with { Arguments = [.. call.Arguments.Select(Rebase)] },
        _ => expression,
    };

    private void Keep(int input) => _positions.TryAdd(input, _positions.Count);

    private void Keep(MatchExpression expression)
    {
        foreach (MatchReference reference in expression.References)
        {
            if (reference is MatchColumn column) Keep(column.Column);
            else if (reference is MatchAggregate { Argument: { } argument }) Keep(argument);
        }
    }

    private void Keep(Expr expression)
    {
        if (expression is InputRef input) Keep(input.Index);
        else if (expression is Call call)
            foreach (Expr argument in call.Arguments) Keep(argument);
    }
}
