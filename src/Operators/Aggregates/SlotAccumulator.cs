using Millrace.Operators.State;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>One group of an aggregate on its own, fed row by row.</summary>
internal sealed class SlotAccumulator : IAccumulator
{
    private readonly SlotAggregate _aggregate;
    private readonly SlotStore _store;
    private readonly int[] _row = new int[1];
    // Every row of a batch belongs to the one slot.
    private int[] _slots = [];
    private nint[] _addresses = [];
    private sbyte[] _retractions = [];

    public SlotAccumulator(SlotAggregate aggregate)
    {
        _aggregate = aggregate;
        _store = new SlotStore(Math.Max(1, aggregate.Words), aggregate.Objects);
        _store.Allocate();
        aggregate.Place(_store, 0, 0);
        Grow(1);
    }

    public void Add(ReadOnlySpan<Column> arguments, int row) => Take(arguments, row, isRetraction: false);

    public void Retract(ReadOnlySpan<Column> arguments, int row) => Take(arguments, row, isRetraction: true);

    public void Reset() => _store.Clear(0);

    public void AppendResult(ColumnBuilder output)
    {
        Column result = _aggregate.Results(_slots.AsSpan(0, 1), _addresses.AsSpan(0, 1));
        output.AppendFrom(result, 0);
        result.Release();
    }

    private void Take(ReadOnlySpan<Column> arguments, int row, bool isRetraction)
    {
        if (row >= _slots.Length) Grow(row + 1);
        _row[0] = row;
        ReadOnlySpan<sbyte> signs = isRetraction ? _retractions : default;
        _aggregate.Accumulate(
            AggregateRows.Range(0, 0, _slots, _addresses, default).Select(_row, signs), arguments);
    }

    private void Grow(int rows)
    {
        int size = Math.Max(rows, Math.Min(2 * _slots.Length, ColumnBatch.MaxRows));
        _slots = new int[size];
        _addresses = new nint[size];
        _retractions = new sbyte[size];
        Array.Fill(_addresses, _store.Writable(0));
        Array.Fill(_retractions, (sbyte)-1);
    }
}
