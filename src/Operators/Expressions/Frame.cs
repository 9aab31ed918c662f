using System.Buffers;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// The rows that an expression is evaluated for: a batch, or some rows of another frame. Inputs of a
/// selection are gathered when a node first asks for them, so kernels see dense columns only.
/// </summary>
internal sealed class Frame
{
    private readonly Column[] _columns;
    private readonly int[]? _rows;
    private readonly Column?[]? _gathered;

    /// <param name="columns">Borrowed for the life of the frame.</param>
    /// <param name="count">Rows of each column.</param>
    public Frame(Column[] columns, int count)
    {
        _columns = columns;
        Count = count;
    }

    private Frame(Column[] columns, int[] rows, int count)
    {
        _columns = columns;
        _rows = rows;
        _gathered = new Column?[columns.Length];
        Count = count;
    }

    public int Count { get; }

    /// <summary>The input column for these rows; the caller releases it.</summary>
    public Column Input(int index)
    {
        if (_rows is null) return _columns[index].Retain();
        return (_gathered![index] ??= _columns[index].Gather(_rows.AsSpan(0, Count))).Retain();
    }

    /// <summary>The frame of some of the rows; dispose of it with <see cref="Release"/>.</summary>
    /// <param name="rows">Ascending indexes into this frame; copied.</param>
    public Frame Select(ReadOnlySpan<int> rows)
    {
        int[] selected = ArrayPool<int>.Shared.Rent(rows.Length);
        if (_rows is null) rows.CopyTo(selected);
        else
            for (int i = 0; i < rows.Length; i++) selected[i] = _rows[rows[i]];
        return new Frame(_columns, selected, rows.Length);
    }

    /// <summary>Gives up the columns that were gathered for a selection; the frame is used up.</summary>
    public void Release()
    {
        if (_rows is null) return;
        ArrayPool<int>.Shared.Return(_rows);
        foreach (Column? column in _gathered!) column?.Release();
    }
}
