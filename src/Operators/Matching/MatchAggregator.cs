using Millrace.Operators.Aggregates;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Matching;

/// <summary>
/// One aggregate over the rows of a variable, for one match or many: the rows of all matches are gathered,
/// their argument is computed at once, and each match is summed up by itself.
/// </summary>
internal sealed class MatchAggregator
{
    private readonly KeptColumns _kept;
    private readonly MatchAggregate _aggregate;
    private readonly IAccumulator _accumulator;
    private readonly Evaluator? _argument;
    private readonly List<int> _slots = [];
    private readonly List<int> _ends = [];

    public MatchAggregator(MatchAggregate aggregate, KeptColumns kept, EvaluationContext context)
    {
        _aggregate = aggregate;
        _kept = kept;
        _accumulator = AggregateCatalog.CreateAccumulator(
            aggregate.Function, aggregate.Argument is null ? [] : [aggregate.Argument.Type], aggregate.Type);
        if (aggregate.Argument is not null)
            _argument = Evaluator.Compile(kept.Rebase(aggregate.Argument), context);
    }

    /// <summary>Notes the rows of one match.</summary>
    public void Add(in MatchView match)
    {
        (long first, int count) = match.RowsOf(_aggregate.Variable);
        for (long row = first; row < first + count; row++) _slots.Add(match.Partition.SlotOf(row));
        _ends.Add(_slots.Count);
    }

    /// <summary>The result of each match noted, as a column that the caller owns.</summary>
    public Column Build()
    {
        var output = ColumnBuilder.Create(_aggregate.Type, _ends.Count);
        Column[] arguments = _argument is null ? [] : [Arguments(_argument)];
        int row = 0;
        foreach (int end in _ends)
        {
            _accumulator.Reset();
            for (; row < end; row++) _accumulator.Add(arguments, row);
            _accumulator.AppendResult(output);
        }
        foreach (Column argument in arguments) argument.Release();
        _slots.Clear();
        _ends.Clear();
        return output.Build();
    }

    private Column Arguments(Evaluator argument)
    {
        var columns = new Column[_kept.Inputs.Length];
        _kept.Rows.Gather(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_slots), columns);
        var batch = new ColumnBatch(columns, _slots.Count);
        Column values = argument.Evaluate(batch);
        batch.Release();
        return values;
    }
}
