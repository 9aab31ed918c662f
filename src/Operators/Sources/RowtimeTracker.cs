using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;

namespace Millrace.Operators.Sources;

/// <summary>Evaluates the watermark expression of a source over its batches.</summary>
internal sealed class RowtimeTracker(SourcePlan plan, WatermarkPlan watermark, EvaluationContext context)
{
    private readonly Evaluator _expression = Evaluator.Compile(watermark.Expression, context);

    /// <summary>
    /// The highest watermark of the batch's rows; a NULL from the expression counts nothing.
    /// </summary>
    /// <exception cref="MillraceException">Invalid: the row time of a row is NULL.</exception>
    public Watermark Reached(ColumnBatch batch, string split)
    {
        Column rowtime = batch.Columns[watermark.Rowtime];
        if (Validity.CountNulls(rowtime.ValidityWords, rowtime.Count) > 0) throw NullRowtime(split);
        var values = (FixedColumn<long>)_expression.Evaluate(batch);
        long highest = long.MinValue;
        for (int row = 0; row < values.Count; row++)
            if (values[row] > highest && !values.IsNull(row)) highest = values[row];
        values.Release();
        return new Watermark(highest);
    }

    private MillraceException NullRowtime(string split) => new(
        ErrorKind.Invalid,
        $"The row time {RowtimeName()} of table '{plan.Table.Name}' is NULL in a row of split '{split}'. "
        + "Every row needs one: filter such rows out before, or compute the column so that it is never "
        + "NULL.");

    private string RowtimeName() => plan.Outputs[watermark.Rowtime] is InputRef column
        ? $"'{plan.Scan.Columns[column.Index].Name}'"
        : $"(computed as {plan.Outputs[watermark.Rowtime]})";
}
