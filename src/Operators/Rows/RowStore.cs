using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Rows;

/// <summary>
/// Rows that an operator keeps, as columns: a row is a slot number. Rows can be linked to lists, and are
/// freed one by one.
/// </summary>
/// <remarks>
/// A row does not change until it is freed, so a snapshot only takes the arrays as they are (<see
/// cref="Share"/>); what it may see must not be used again meanwhile. A slot knows the epoch in which it was
/// taken: freed while a snapshot of that epoch or a later one lives, it waits in a queue until that snapshot
/// is given up. So at most the rows at the snapshots' marks wait, and without a snapshot none.
/// </remarks>
internal sealed class RowStore
{
    /// <summary>The end of a list.</summary>
    public const int None = -1;

    /// <summary>Slots that have waited are freed so many at a time for each row added.</summary>
    private const int ReclaimedPerRow = 4;

    private readonly StoredColumn[] _columns;
    private readonly SlotStore? _epochs;
    private readonly Queue<(int Slot, int FreedIn)> _seen = new();
    private int[] _next = [];
    private int[] _takenIn = [];
    private int _firstFree = None;

    /// <param name="epochs">The store whose snapshots share the rows too; null: they are not shared.</param>
    public RowStore(IEnumerable<LogicalType> types, SlotStore? epochs = null)
        : this([.. types.Select(StoredColumn.Create)], epochs)
    {
    }

    private RowStore(StoredColumn[] columns, SlotStore? epochs) => (_columns, _epochs) = (columns, epochs);

    public int ColumnCount => _columns.Length;

    /// <summary>Slots that there is room for.</summary>
    public int Capacity => _next.Length;

    /// <summary>The row after this one of the same key, or <see cref="None"/>.</summary>
    public int Next(int slot) => _next[slot];

    /// <summary>
    /// Copies a row into a slot, in front of the list that begins at <paramref name="next"/>.
    /// </summary>
    /// <param name="columns">One a column of the store.</param>
    public int Add(ReadOnlySpan<Column> columns, int row, int next = None)
    {
        Reclaim(ReclaimedPerRow);
        int slot = Take();
        _next[slot] = next;
        for (int c = 0; c < _columns.Length; c++) _columns[c].Set(slot, columns[c], row);
        return slot;
    }

    /// <summary>Copies the first rows of the columns into slots of their own, a column at a time.</summary>
    /// <param name="slots">Receives a slot a row.</param>
    public void AddAll(ReadOnlySpan<Column> columns, Span<int> slots)
    {
        Reclaim(ReclaimedPerRow * slots.Length);
        for (int row = 0; row < slots.Length; row++)
        {
            slots[row] = Take();
            _next[slots[row]] = None;
        }
        for (int c = 0; c < _columns.Length; c++) _columns[c].SetAll(slots, columns[c]);
    }

    /// <summary>
    /// Whether the row at the slot has the same values as a row of columns, NULL being equal to NULL.
    /// </summary>
    public bool AreEqual(int slot, ReadOnlySpan<Column> columns, int row)
    {
        for (int c = 0; c < _columns.Length; c++)
            if (!_columns[c].AreEqual(slot, columns[c], row)) return false;
        return true;
    }

    /// <summary>One column of the rows at the slots, -1 for a NULL; the caller owns it.</summary>
    public Column Gather(int column, ReadOnlySpan<int> slots) => _columns[column].Gather(slots);

    /// <summary>The order of two rows by one column; a NULL is smaller than any value.</summary>
    public int Compare(int column, int leftSlot, int rightSlot) =>
        _columns[column].Compare(leftSlot, rightSlot);

    public bool IsNull(int column, int slot) => _columns[column].IsNull(slot);

    /// <summary>
    /// The rows there are now, to read on another thread until the snapshot of the epochs' store that is
    /// taken at the same moment is released.
    /// </summary>
    public RowStore Share() => new([.. _columns.Select(c => c.Share())], null);

    /// <summary>Frees one row that is in no list.</summary>
    public void Free(int slot)
    {
        if (_epochs is not null && _takenIn[slot] <= _epochs.SharedEpoch)
            _seen.Enqueue((slot, _epochs.Epoch));
        else
            FreeUnseen(slot);
    }

    private void FreeUnseen(int slot)
    {
        foreach (StoredColumn column in _columns) column.Free(slot);
        _next[slot] = _firstFree;
        _firstFree = slot;
    }

    /// <summary>Frees the rows of a list.</summary>
    public void FreeList(int slot)
    {
        while (slot != None)
        {
            int next = _next[slot];
            Free(slot);
            slot = next;
        }
    }

    /// <summary>
    /// Writes the columns of the rows at the slots, -1 for a row of nulls, into <paramref name="columns"/>.
    /// </summary>
    public void Gather(ReadOnlySpan<int> slots, Span<Column> columns)
    {
        for (int c = 0; c < _columns.Length; c++) columns[c] = _columns[c].Gather(slots);
    }

    private int Take()
    {
        if (_firstFree == None) Grow();
        int slot = _firstFree;
        _firstFree = _next[slot];
        if (_epochs is not null) _takenIn[slot] = _epochs.Epoch;
        return slot;
    }

    /// <summary>Frees slots that no snapshot sees any more.</summary>
    private void Reclaim(int most)
    {
        for (; most > 0 && _seen.TryPeek(out (int Slot, int FreedIn) first); most--)
        {
            if (_epochs!.IsSeen(first.FreedIn)) return;
            FreeUnseen(_seen.Dequeue().Slot);
        }
    }

    private void Grow()
    {
        int from = _next.Length;
        int to = Math.Max(64, 2 * from);
        Array.Resize(ref _next, to);
        if (_epochs is not null) Array.Resize(ref _takenIn, to);
        foreach (StoredColumn column in _columns) column.Grow(to);
        for (int slot = to - 1; slot >= from; slot--)
        {
            _next[slot] = _firstFree;
            _firstFree = slot;
        }
    }
}
