using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>
/// A bound expression compiled to vectorized kernels. One subtask's thread at a time.
/// </summary>
/// <remarks>
/// Every kernel works on dense columns. CASE, COALESCE, IF, AND and OR evaluate a branch only for rows that
/// reach it, by gathering those rows (<see cref="Frame.Select"/>), unless the branch is cheap and cannot
/// fail: then every row is computed and the results are blended without branching. Subtrees without input are
/// computed once.
/// </remarks>
public sealed class Evaluator
{
    private readonly Node _root;

    private Evaluator(Node root) => _root = root;

    public LogicalType Type => _root.Type;

    /// <exception cref="Shared.Errors.MillraceException">
    /// Bug: the expression was not bound by the catalog.
    /// </exception>
    public static Evaluator Compile(Expr expression, EvaluationContext context) =>
        new(new Compiler(context).Compile(expression));

    /// <summary>The value of each row of the batch, which is borrowed; the caller owns the column.</summary>
    /// <exception cref="Shared.Errors.MillraceException">
    /// Invalid: a value that a function fails on.
    /// </exception>
    public Column Evaluate(ColumnBatch batch) =>
        _root.EvaluateColumn(new Frame(batch.Columns, batch.RowCount));

    /// <summary>Writes the ascending indexes of the rows where a BOOLEAN expression is TRUE.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="rows">Room for the batch's row count.</param>
    /// <returns>How many rows passed.</returns>
    public int Filter(ColumnBatch batch, Span<int> rows)
    {
        Operand operand = _root.Evaluate(new Frame(batch.Columns, batch.RowCount));
        int passed = Selection.WhereTrue(operand, batch.RowCount, rows);
        operand.Release();
        return passed;
    }
}
