using System.Collections.Immutable;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>
/// Several expressions over the same rows: the columns of a new batch. One thread at a time.
/// </summary>
public sealed class Projection
{
    private readonly Node[] _nodes;

    private Projection(Node[] nodes) => _nodes = nodes;

    public static Projection Compile(ImmutableArray<Expr> expressions, EvaluationContext context)
    {
        var compiler = new Compiler(context);
        return new Projection([.. expressions.Select(compiler.Compile)]);
    }

    /// <summary>The values of all rows, under their change kinds; the caller owns the batch.</summary>
    public ColumnBatch Evaluate(ColumnBatch batch) =>
        Evaluate(new Frame(batch.Columns, batch.RowCount), batch.SharedKinds);

    /// <summary>The values of some rows, under their change kinds; the caller owns the batch.</summary>
    /// <param name="rows">Ascending indexes into the batch.</param>
    public ColumnBatch Evaluate(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        Frame frame = new Frame(batch.Columns, batch.RowCount).Select(rows);
        ColumnBatch result = Evaluate(frame, Gather(batch.Kinds, rows));
        frame.Release();
        return result;
    }

    private ColumnBatch Evaluate(Frame frame, ChangeKind[]? kinds)
    {
        var columns = new Column[_nodes.Length];
        for (int i = 0; i < columns.Length; i++) columns[i] = _nodes[i].EvaluateColumn(frame);
        return new ColumnBatch(columns, frame.Count, kinds);
    }

    private static ChangeKind[]? Gather(ReadOnlySpan<ChangeKind> kinds, ReadOnlySpan<int> rows)
    {
        if (kinds.IsEmpty) return null;
        var gathered = new ChangeKind[rows.Length];
        for (int i = 0; i < rows.Length; i++) gathered[i] = kinds[rows[i]];
        return gathered;
    }
}
