using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>COUNT(*) and COUNT(x): a word that counts.</summary>
/// <param name="hasArgument">Whether rows where the first argument is null are left out.</param>
internal sealed unsafe class CountAggregate(bool hasArgument) : SlotAggregate(1)
{
    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
        Column? argument = hasArgument && arguments[0].MayHaveNulls ? arguments[0] : null;
        if (rows.IsPlain && argument is null)
        {
            foreach (nint address in rows.Addresses.Slice(rows.First, rows.Count)) ((long*)address)[Offset]++;
            return;
        }
        for (int i = 0; i < rows.Count; i++)
        {
            int row = rows[i];
            if (argument is null || !argument.IsNull(row))
                ((long*)rows.Addresses[row])[Offset] += rows.SignOf(row);
        }
    }

    public override Column Results(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        long[] counts = FixedColumn<long>.Rent(addresses.Length);
        for (int i = 0; i < addresses.Length; i++) counts[i] = ((long*)addresses[i])[Offset];
        return new FixedColumn<long>(counts, addresses.Length);
    }
}

/// <summary>COUNT(*) of all rows of a group, which the group counts anyway.</summary>
/// <param name="rowsOffset">The word that counts a group's rows.</param>
internal sealed unsafe class GroupRowsAggregate(int rowsOffset) : SlotAggregate(0)
{
    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
    }

    public override Column Results(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        long[] counts = FixedColumn<long>.Rent(addresses.Length);
        for (int i = 0; i < addresses.Length; i++) counts[i] = ((long*)addresses[i])[rowsOffset];
        return new FixedColumn<long>(counts, addresses.Length);
    }
}
