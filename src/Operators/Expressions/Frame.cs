using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// The rows that an expression is evaluated for: a batch, or some rows of another frame. Inputs of a selection are
/// gathered when a node first asks for them, so kernels see dense columns only.
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

    private Frame(Column[] columns, int[] rows)
    {
        _columns = columns;
        _rows = rows;
        _gathered = new Column?[columns.Length];
        Count = rows.Length;
    }

    public int Count { get; }

    /// <summary>The input column for these rows; the caller releases it.</summary>
    public Column Input(int index)
    {
        if (_rows is null) return _columns[index].Retain();
        return (_gathered![index] ??= _columns[index].Gather(_rows)).Retain();
    }

    /// <summary>The frame of some of the rows; dispose of it with <see cref="Release"/>.</summary>
    /// <param name="rows">Ascending indexes into this frame; copied.</param>
    public Frame Select(ReadOnlySpan<int> rows)
    {
        int[] selected = rows.ToArray();
        if (_rows is not null)
            for (int i = 0; i < selected.Length; i++) selected[i] = _rows[selected[i]];
        return new Frame(_columns, selected);
    }

    /// <summary>Releases the columns that were gathered for a selection.</summary>
    public void Release()
    {
        if (_gathered is null) return;
        foreach (Column? column in _gathered) column?.Release();
    }
}
