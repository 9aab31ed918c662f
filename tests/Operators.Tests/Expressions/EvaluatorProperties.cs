using FsCheck.Xunit;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Expressions;

/// <summary>
/// Vectorized evaluation equals naive evaluation of one row after the other, failures included.
/// </summary>
public class EvaluatorProperties
{
    private static readonly EvaluationContext Context = new(TimeProvider.System);

    [Property(MaxTest = 2000)]
    public void Evaluation_equals_that_of_single_rows(int seed)
    {
        var random = new Random(seed);
        RandomRows rows = RandomRows.Create(random, RowCount(random), random.Next(3) * 0.2);
        LogicalType type = RandomRows.Schema[random.Next(RandomRows.Schema.Count)].Type;
        RandomExpression expression = RandomExpression.Create(random, type, 4);
        var evaluator = Evaluator.Compile(expression.Expr, Context);
        if (Naive(expression, rows.Rows) is { } expected)
            Assert.Equal(expected, Read(evaluator.Evaluate(rows.Batch)));
        else
            Assert.Throws<MillraceException>(() => evaluator.Evaluate(rows.Batch));
    }

    [Property(MaxTest = 1000)]
    public void A_filter_and_a_projection_see_the_rows_that_pass_only(int seed)
    {
        var random = new Random(seed);
        RandomRows rows = RandomRows.Create(random, 1 + RowCount(random), 0.2);
        RandomExpression filter = RandomExpression.Create(random, LogicalType.Boolean, 3);
        RandomExpression output = RandomExpression.Create(random, LogicalType.BigInt, 3);
        if (Naive(filter, rows.Rows) is not { } truths) return;
        object?[][] passing = [.. rows.Rows.Where((_, i) => truths[i] is true)];
        int[] selected = new int[rows.Rows.Length];
        int passed = Evaluator.Compile(filter.Expr, Context).Filter(rows.Batch, selected);
        Assert.Equal(passing.Length, passed);
        var projection = Projection.Compile([output.Expr], Context);
        if (Naive(output, passing) is { } expected)
        {
            ColumnBatch result = projection.Evaluate(rows.Batch, selected.AsSpan(0, passed));
            Assert.Equal(expected, Read(result.Columns[0]));
        }
        else Assert.Throws<MillraceException>(
            () => projection.Evaluate(rows.Batch, selected.AsSpan(0, passed)));
    }

    /// <summary>Often few, so that a guard often holds for all rows that need it.</summary>
    private static int RowCount(Random random) => random.Next(random.Next(3) == 0 ? 200 : 4);

    private static object?[]? Naive(RandomExpression expression, object?[][] rows)
    {
        try
        {
            return [.. rows.Select(expression.Naive)];
        }
        catch (DivideByZeroException)
        {
            return null;
        }
    }

    private static object?[] Read(Column column) =>
        [.. Enumerable.Range(0, column.Count).Select(i => RandomRows.Read(column, i))];
}
