using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The distinct values of one argument in all groups, each with a count for every filter it is aggregated
/// under. Aggregates behind it see a value when its count rises to 1, and its retraction when it falls to 0;
/// those that share the argument share the set.
/// </summary>
/// <remarks>
/// The values lie in a table of their own, keyed by (serial of the group, value): a group of a million values
/// costs no more to snapshot or to change than a million groups. A serial is never used twice, so what a
/// group that has gone left behind is found by nobody, and <see cref="Sweep"/> takes it away in small steps.
/// </remarks>
internal sealed unsafe class DistinctSet
{
    // A value's words: the slot of its group, the group's serial, a count for each branch.
    private const int SerialWord = 1;
    private const int CountsWord = 2;
    private readonly SlotTable _values;
    private readonly List<DistinctBranch> _branches = [];
    private readonly bool _keepsNulls;
    private readonly bool _removesUnused;
    private int[] _rows = [];
    private int[] _passed = [];
    private int[] _slots = [];
    private nint[] _addresses = [];
    private sbyte[] _signs = [];
    private int _sweepAt;

    /// <param name="type">Of the argument.</param>
    /// <param name="branches">The aggregates by filter.</param>
    /// <param name="keepsNulls">Whether an aggregate takes NULL as a value.</param>
    /// <param name="removesUnused">
    /// Whether a value may lose its last count: the input retracts, or every row is filtered.
    /// </param>
    public DistinctSet(
        int argument, LogicalType type, IEnumerable<DistinctBranch> branches, bool keepsNulls,
        bool removesUnused)
    {
        Argument = argument;
        _branches.AddRange(branches);
        _keepsNulls = keepsNulls;
        _removesUnused = removesUnused;
        _values = new SlotTable([LogicalType.BigInt.NotNull(), type], CountsWord + _branches.Count);
    }

    /// <summary>The input column.</summary>
    public int Argument { get; }

    /// <summary>Values in all groups.</summary>
    public int Count => _values.Count;

    /// <summary>Takes rows, or takes them back, and passes on what changes a set.</summary>
    /// <param name="rows">The rows of the batch before filters.</param>
    /// <param name="serialOffset">The word of a group that holds its serial.</param>
    public void Accumulate(in AggregateRows rows, ColumnBatch batch, int serialOffset)
    {
        int taken = TakeRows(rows, batch.Columns[Argument]);
        if (taken == 0) return;
        FindValues(rows, batch, taken, serialOffset);
        for (int branch = 0; branch < _branches.Count; branch++) Accumulate(branch, rows, batch, taken);
        if (_removesUnused) RemoveUnused(taken);
    }

    /// <summary>Looks at some of the values and removes those whose group is gone.</summary>
    /// <param name="steps">How many to look at.</param>
    public void Sweep(int steps, SlotTable groups, int serialOffset)
    {
        for (int step = 0; step < steps && _values.SlotCount > 0; step++)
        {
            _sweepAt = (_sweepAt + 1) % _values.SlotCount;
            if (!_values.IsLive(_sweepAt)) continue;
            long* words = StateOf(_values.Store.Address(_sweepAt));
            long* group = (long*)groups.Store.Address((int)words[0]);
            if (group[serialOffset] != words[SerialWord]) _values.Remove(_sweepAt);
        }
    }

    public SlotTableSnapshot Snapshot() => _values.Snapshot();

    /// <summary>The serial of the group that a value in a snapshot belongs to.</summary>
    public static long SerialOf(SlotTableSnapshot values, int slot) => values.StateOf(slot)[SerialWord];

    /// <summary>The counts of a value in a snapshot.</summary>
    public static ReadOnlySpan<long> CountsOf(SlotTableSnapshot values, int slot) =>
        values.StateOf(slot)[CountsWord..];

    /// <summary>
    /// Takes a value back from a checkpoint; <see cref="Attach"/> follows when all groups are there.
    /// </summary>
    /// <param name="value">The serial, then the counts.</param>
    public void Restore(int hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.Length != (_branches.Count + 1) * sizeof(long))
            throw new MillraceException(
                ErrorKind.Corrupt, "Stored counts of a DISTINCT have the wrong length.");
        long* words = StateOf(_values.Writable(_values.Restore(hash, key)));
        value.CopyTo(new Span<byte>(words + SerialWord, value.Length));
    }

    /// <summary>Ties the restored values to their groups' slots; values of no group are dropped.</summary>
    public void Attach(Dictionary<long, int> groupsBySerial)
    {
        for (int slot = 0; slot < _values.SlotCount; slot++)
        {
            if (!_values.IsLive(slot)) continue;
            long* words = StateOf(_values.Writable(slot));
            if (groupsBySerial.TryGetValue(words[SerialWord], out int group)) words[0] = group;
            else _values.Remove(slot);
        }
    }

    /// <summary>
    /// The rows to look up: those that are not left out and, unless a branch wants NULLs, not null.
    /// </summary>
    /// <returns>How many, in <see cref="_rows"/>.</returns>
    private int TakeRows(in AggregateRows rows, Column argument)
    {
        if (_rows.Length < rows.Slots.Length) Grow(rows.Slots.Length);
        int taken = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            int row = rows[i];
            if (rows.SignOf(row) != 0 && (_keepsNulls || !argument.IsNull(row))) _rows[taken++] = row;
        }
        return taken;
    }

    private void Grow(int count)
    {
        _rows = new int[count];
        _passed = new int[count];
        _slots = new int[count];
        _addresses = new nint[count];
        _signs = new sbyte[count];
    }

    private void FindValues(in AggregateRows rows, ColumnBatch batch, int taken, int serialOffset)
    {
        long[] serials = FixedColumn<long>.Rent(taken);
        for (int i = 0; i < taken; i++) serials[i] = ((long*)rows.Addresses[_rows[i]])[serialOffset];
        var serial = new FixedColumn<long>(serials, taken);
        Column argument = batch.Columns[Argument];
        Column values = taken == batch.RowCount ? argument.Retain() : argument.Gather(_rows.AsSpan(0, taken));
        _values.FindOrAdd([serial, values], taken, _slots, _addresses);
        for (int i = 0; i < taken; i++)
        {
            long* words = StateOf(_addresses[i]);
            words[0] = rows.Slots[_rows[i]];
            words[SerialWord] = serials[i];
        }
        serial.Release();
        values.Release();
    }

    private void Accumulate(int index, in AggregateRows rows, ColumnBatch batch, int taken)
    {
        DistinctBranch branch = _branches[index];
        var filter = branch.Filter < 0 ? null : (FixedColumn<bool>)batch.Columns[branch.Filter];
        int passed = 0;
        for (int i = 0; i < taken; i++)
        {
            int row = _rows[i];
            if (filter is not null && (filter.IsNull(row) || !filter[row])) continue;
            ref long count = ref StateOf(_addresses[i])[CountsWord + index];
            int sign = rows.SignOf(row);
            count += sign;
            if (count != (sign > 0 ? 1 : 0)) continue;
            _signs[row] = (sbyte)sign;
            _passed[passed++] = row;
        }
        if (passed == 0) return;
        AggregateRows changed = rows.Select(_passed.AsSpan(0, passed), _signs);
        foreach (SlotAggregate aggregate in branch.Aggregates)
            aggregate.Accumulate(changed, [batch.Columns[Argument]]);
    }

    private void RemoveUnused(int taken)
    {
        for (int i = 0; i < taken; i++)
            if (_values.IsLive(_slots[i])
                && !new ReadOnlySpan<long>(StateOf(_addresses[i]) + CountsWord, _branches.Count)
                    .ContainsAnyExcept(0))
                _values.Remove(_slots[i]);
    }

    private long* StateOf(nint address) => (long*)address + _values.StateOffset;
}

/// <summary>Aggregates over one distinct argument under one filter.</summary>
/// <param name="Filter">A BOOLEAN input column that must be TRUE, or -1.</param>
internal sealed record DistinctBranch(int Filter, IReadOnlyList<SlotAggregate> Aggregates);
