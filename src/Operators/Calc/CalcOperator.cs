using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.State;

namespace Millrace.Operators.Calc;

/// <summary>
/// Filters, then computes the outputs from the rows that passed. Columns that go through unchanged are passed
/// on or gathered, not computed; where all rows pass nothing is gathered, and the columns that no output
/// reads never are.
/// </summary>
internal sealed class CalcOperator(CalcPlan plan) : IOperator
{
    private readonly int[] _rows = new int[ColumnBatch.MaxRows];
    private Evaluator? _filter;
    private Projection? _outputs;
    private IBatchOutput? _output;

    public void Open(OperatorContext context, IBatchOutput output)
    {
        var evaluation = new EvaluationContext(context.Time, context.TimeZone);
        _filter = plan.Filter is null ? null : Evaluator.Compile(plan.Filter, evaluation);
        _outputs = Projection.Compile(plan.Outputs, evaluation);
        _output = output;
    }

    public void Process(int input, ColumnBatch batch)
    {
        ColumnBatch? result = _filter is null ? _outputs!.Evaluate(batch) : FilterAndEvaluate(batch);
        if (result is null) return;
        _output!.Emit(result);
        result.Release();
    }

    public void Restore(IStateReader state)
    {
    }

    public Watermark OnWatermark(Watermark watermark) => watermark;

    public void EndOfInput(int input)
    {
    }

    public void BeforeBarrier(Barrier barrier)
    {
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) => null;

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void Dispose()
    {
    }

    private ColumnBatch? FilterAndEvaluate(ColumnBatch batch)
    {
        int[] rows = batch.RowCount <= _rows.Length ? _rows : new int[batch.RowCount];
        int passed = _filter!.Filter(batch, rows);
        if (passed == 0) return null;
        return passed == batch.RowCount
            ? _outputs!.Evaluate(batch) : _outputs!.Evaluate(batch, rows.AsSpan(0, passed));
    }
}
