using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Rows;

/// <summary>
/// Rows that an operator keeps, as columns: a row is a slot number. Rows can be linked to lists, and are
/// freed one by one.
/// </summary>
internal sealed class RowStore
{
    /// <summary>The end of a list.</summary>
    public const int None = -1;

    private readonly StoredColumn[] _columns;
    private int[] _next = [];
    private int _firstFree = None;

    public RowStore(IEnumerable<LogicalType> types) : this([.. types.Select(StoredColumn.Create)])
    {
    }

    private RowStore(StoredColumn[] columns) => _columns = columns;

    public int ColumnCount => _columns.Length;

    /// <summary>The row after this one of the same key, or <see cref="None"/>.</summary>
    public int Next(int slot) => _next[slot];

    /// <summary>
    /// Copies a row into a slot, in front of the list that begins at <paramref name="next"/>.
    /// </summary>
    /// <param name="columns">One a column of the store.</param>
    public int Add(ReadOnlySpan<Column> columns, int row, int next = None)
    {
        int slot = Take();
        _next[slot] = next;
        for (int c = 0; c < _columns.Length; c++) _columns[c].Set(slot, columns[c], row);
        return slot;
    }

    /// <summary>Copies the first rows of the columns into slots of their own, a column at a time.</summary>
    /// <param name="slots">Receives a slot a row.</param>
    public void AddAll(ReadOnlySpan<Column> columns, Span<int> slots)
    {
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

    /// <summary>A copy to read from on another thread, made at the speed of memory.</summary>
    public RowStore Clone() => new([.. _columns.Select(c => c.Clone())]);

    /// <summary>Frees one row that is in no list.</summary>
    public void Free(int slot)
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
        return slot;
    }

    private void Grow()
    {
        int from = _next.Length;
        int to = Math.Max(64, 2 * from);
        Array.Resize(ref _next, to);
        foreach (StoredColumn column in _columns) column.Grow(to);
        for (int slot = to - 1; slot >= from; slot--)
        {
            _next[slot] = _firstFree;
            _firstFree = slot;
        }
    }
}
