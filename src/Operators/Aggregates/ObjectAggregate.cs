using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// An aggregate that keeps an object a group, made with the group's first row that it takes.
/// </summary>
/// <param name="type">Of the result.</param>
internal abstract class ObjectAggregate<TState>(LogicalType type) : SlotAggregate(0, 1)
    where TState : AggregateObject
{
    private readonly ColumnBuilder _results = ColumnBuilder.Create(type);

    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            int row = rows[i];
            int sign = rows.SignOf(row);
            if (sign == 0 || Skips(arguments, row)) continue;
            TState state = StateOf(rows.Slots[row]);
            if (sign > 0) Add(state, arguments, row);
            else Retract(state, arguments, row);
        }
    }

    public override Column Results(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        foreach (int slot in slots)
            AppendResult((TState?)Store!.ObjectsOf(slot)[ObjectOffset], _results);
        return _results.Build();
    }

    public sealed override SlotObject ReadObject(ReadOnlySpan<byte> input) => Read(input, Store!.Epoch);

    /// <summary>Whether the row says nothing to the aggregate; most leave NULLs out.</summary>
    protected virtual bool Skips(ReadOnlySpan<Column> arguments, int row) => arguments[0].IsNull(row);

    protected abstract TState Create(int epoch);

    protected abstract void Add(TState state, ReadOnlySpan<Column> arguments, int row);

    protected abstract void Retract(TState state, ReadOnlySpan<Column> arguments, int row);

    /// <param name="state">Null where the group has taken no row.</param>
    protected abstract void AppendResult(TState? state, ColumnBuilder output);

    protected abstract TState Read(ReadOnlySpan<byte> input, int epoch);

    private TState StateOf(int slot)
    {
        if (Store!.WritableObject(slot, ObjectOffset) is TState state) return state;
        TState created = Create(Store.Epoch);
        Store.ObjectsOf(slot)[ObjectOffset] = created;
        return created;
    }
}
