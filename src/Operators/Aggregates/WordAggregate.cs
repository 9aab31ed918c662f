using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// What an aggregate does with one value and the words of one group; a struct, compiled into the loop.
/// </summary>
internal unsafe interface IWordOperation<TValue, TResult> where TValue : unmanaged where TResult : unmanaged
{
    /// <summary>Words of state; all zero is empty.</summary>
    static abstract int Words { get; }

    void Add(long* state, TValue value);

    void Retract(long* state, TValue value);

    /// <returns>False where the result is NULL.</returns>
    bool TryResult(long* state, out TResult result);
}

/// <summary>An aggregate of one argument of fixed width, nulls left out, whose state is words only.</summary>
internal sealed unsafe class WordAggregate<TValue, TResult, TOperation>(TOperation operation)
    : SlotAggregate(TOperation.Words)
    where TValue : unmanaged
    where TResult : unmanaged
    where TOperation : struct, IWordOperation<TValue, TResult>
{
    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
        var column = (FixedColumn<TValue>)arguments[0];
        if (rows.IsPlain && !column.MayHaveNulls)
            AddAll(rows.Addresses.Slice(rows.First, rows.Count), column.Values.Slice(rows.First, rows.Count));
        else
            TakeSome(rows, column);
    }

    public override Column Results(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        TResult[] results = FixedColumn<TResult>.Rent(addresses.Length);
        ulong[]? validity = null;
        for (int i = 0; i < addresses.Length; i++)
        {
            if (operation.TryResult((long*)addresses[i] + Offset, out results[i])) continue;
            validity ??= Validity.Rent(addresses.Length);
            Validity.SetNull(validity, i);
        }
        return new FixedColumn<TResult>(results, addresses.Length, validity);
    }

    private void AddAll(ReadOnlySpan<nint> addresses, ReadOnlySpan<TValue> values)
    {
        int offset = Offset;
        for (int i = 0; i < values.Length && i < addresses.Length; i++)
            operation.Add((long*)addresses[i] + offset, values[i]);
    }

    private void TakeSome(in AggregateRows rows, FixedColumn<TValue> column)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            int row = rows[i];
            int sign = rows.SignOf(row);
            if (sign == 0 || column.IsNull(row)) continue;
            long* state = (long*)rows.Addresses[row] + Offset;
            if (sign > 0) operation.Add(state, column[row]);
            else operation.Retract(state, column[row]);
        }
    }
}
