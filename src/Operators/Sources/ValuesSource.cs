using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Expressions;
using Millrace.Shared.State;
using Millrace.Shared.Types;

namespace Millrace.Operators.Sources;

/// <summary>Emits constant rows once, by subtask 0; a checkpoint after it remembers that they were.</summary>
internal sealed class ValuesSource(ValuesPlan plan) : ISourceOperator
{
    private const string State = "rows";
    private OperatorContext? _context;
    private ISourceOutput? _output;
    private int _next;
    private bool _hasEnded;

    public void Open(OperatorContext context, ISourceOutput output)
    {
        _context = context;
        _output = output;
        if (context.SubtaskIndex != 0) _next = plan.Rows.Length;
    }

    public void Restore(IStateReader state) => state.ReadItems((name, item) =>
    {
        if (name == State && item.Length == 4) _next = Math.Max(_next, BitConverter.ToInt32(item));
    });

    public SourceStatus Step()
    {
        if (_next < plan.Rows.Length)
        {
            ColumnBatch batch = NextRows();
            _output!.Emit(batch);
            batch.Release();
            return SourceStatus.HasMore;
        }
        if (!_hasEnded) _output!.EmitWatermark(Watermark.Max);
        _hasEnded = true;
        return SourceStatus.Ended;
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) =>
        _context!.SubtaskIndex == 0 ? new Position(_next) : null;

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void Dispose()
    {
    }

    private ColumnBatch NextRows()
    {
        var evaluation = new EvaluationContext(_context!.Time, _context.TimeZone);
        int count = Math.Min(ColumnBatch.MaxRows, plan.Rows.Length - _next);
        var builders = plan.Rows[0].Select(e => ColumnBuilder.Create(e.Type, count)).ToArray();
        var oneRow = new ColumnBatch([], 1);
        for (int row = _next; row < _next + count; row++)
            for (int i = 0; i < builders.Length; i++)
                Append(builders[i], plan.Rows[row][i], evaluation, oneRow);
        _next += count;
        return new ColumnBatch([.. builders.Select(b => b.Build())], count);
    }

    private static void Append(
        ColumnBuilder builder, Expr value, EvaluationContext context, ColumnBatch oneRow)
    {
        Column column = Evaluator.Compile(value, context).Evaluate(oneRow);
        if (value.Type.Kind == TypeKind.Null) builder.AppendNull();
        else builder.AppendFrom(column, 0);
        column.Release();
    }

    private sealed class Position(int next) : IStateSnapshot
    {
        public void WriteTo(IStateWriter writer) => writer.Item(State, BitConverter.GetBytes(next));

        public void Dispose()
        {
        }
    }
}
