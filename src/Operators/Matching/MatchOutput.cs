using System.Runtime.InteropServices;
using Millrace.Operators.Expressions;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Expressions;

namespace Millrace.Operators.Matching;

/// <summary>
/// Turns matches into output rows, many at a time: the partition columns, then the measures. What a match
/// refers to is noted by slot when it is found, so the rows must stay until <see cref="Flush"/>.
/// </summary>
internal sealed class MatchOutput
{
    private readonly SlotTable _keys;
    private readonly int _keyColumns;
    private readonly IBatchOutput _output;
    private readonly ReferenceColumns _references;
    private readonly List<Measure> _measures = [];
    private readonly List<int> _keySlots = [];

    public MatchOutput(
        MatchPlan plan, SlotTable keys, KeptColumns kept, EvaluationContext context, IBatchOutput output)
    {
        _keys = keys;
        _keyColumns = plan.PartitionBy.Length;
        _output = output;
        List<MatchReference> all = [];
        foreach (MatchExpression measure in plan.Measures)
        {
            int[] columns = [.. measure.References.Select(r => IndexIn(all, r))];
            Evaluator? evaluator = measure.Expression is InputRef
                ? null : Evaluator.Compile(measure.Expression, context);
            _measures.Add(new Measure(columns, (measure.Expression as InputRef)?.Index ?? -1, evaluator));
        }
        _references = new ReferenceColumns(all, kept, context);
    }

    /// <summary>Matches noted and not emitted yet.</summary>
    public int Count => _keySlots.Count;

    public void Add(in MatchView match)
    {
        _keySlots.Add(match.Partition.Slot);
        _references.Add(match);
        if (Count == ColumnBatch.MaxRows) Flush();
    }

    public void Flush()
    {
        if (Count == 0) return;
        int rows = Count;
        ColumnBatch references = _references.Build();
        var columns = new Column[_keyColumns + _measures.Count];
        _keys.ReadKeys(CollectionsMarshal.AsSpan(_keySlots)).CopyTo(columns, 0);
        for (int m = 0; m < _measures.Count; m++)
            columns[_keyColumns + m] = _measures[m].Compute(references);
        references.Release();
        _keySlots.Clear();
        var batch = new ColumnBatch(columns, rows);
        _output.Emit(batch);
        batch.Release();
    }

    private static int IndexIn(List<MatchReference> all, MatchReference reference)
    {
        int index = all.IndexOf(reference);
        if (index >= 0) return index;
        all.Add(reference);
        return all.Count - 1;
    }

    /// <param name="columns">Which of all references the expression is over.</param>
    /// <param name="plain">The one that is the measure itself, or -1.</param>
    private sealed class Measure(int[] columns, int plain, Evaluator? evaluator)
    {
        public Column Compute(ColumnBatch references)
        {
            if (evaluator is null) return references.Columns[columns[plain]].Retain();
            var batch = new ColumnBatch(
                [.. columns.Select(c => references.Columns[c].Retain())], references.RowCount);
            Column column = evaluator.Evaluate(batch);
            batch.Release();
            return column;
        }
    }
}
