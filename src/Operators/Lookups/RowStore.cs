using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Lookups;

/// <summary>Rows of dimension tables, kept as columns: a row is a slot number, and rows of one key are a linked list of slots.</summary>
internal sealed class RowStore
{
    /// <summary>The end of a list.</summary>
    public const int None = -1;

    private readonly CachedColumn[] _columns;
    private int[] _next = [];
    private int _firstFree = None;

    public RowStore(IEnumerable<LogicalType> types) => _columns = [.. types.Select(CachedColumn.Create)];

    public int ColumnCount => _columns.Length;

    /// <summary>The row after this one of the same key, or <see cref="None"/>.</summary>
    public int Next(int slot) => _next[slot];

    /// <summary>Copies a row into a slot, in front of the list that begins at <paramref name="next"/>.</summary>
    public int Add(ColumnBatch batch, int row, int next)
    {
        if (_firstFree == None) Grow();
        int slot = _firstFree;
        _firstFree = _next[slot];
        _next[slot] = next;
        for (int c = 0; c < _columns.Length; c++) _columns[c].Set(slot, batch.Columns[c], row);
        return slot;
    }

    /// <summary>Frees the rows of a list.</summary>
    public void FreeList(int slot)
    {
        while (slot != None)
        {
            int next = _next[slot];
            foreach (CachedColumn column in _columns) column.Free(slot);
            _next[slot] = _firstFree;
            _firstFree = slot;
            slot = next;
        }
    }

    /// <summary>Writes the columns of the rows at the slots, -1 for a row of nulls, into <paramref name="columns"/>.</summary>
    public void Gather(ReadOnlySpan<int> slots, Span<Column> columns)
    {
        for (int c = 0; c < _columns.Length; c++) columns[c] = _columns[c].Gather(slots);
    }

    private void Grow()
    {
        int from = _next.Length;
        int to = Math.Max(64, 2 * from);
        Array.Resize(ref _next, to);
        foreach (CachedColumn column in _columns) column.Grow(to);
        for (int slot = to - 1; slot >= from; slot--)
        {
            _next[slot] = _firstFree;
            _firstFree = slot;
        }
    }
}
