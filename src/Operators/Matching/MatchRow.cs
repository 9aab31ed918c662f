namespace Millrace.Operators.Matching;

/// <summary>A row that a partition keeps.</summary>
/// <param name="Time">Its row time.</param>
/// <param name="Slot">Where its columns are in the row store.</param>
/// <param name="Fits">A bit for each variable whose condition looks at the row alone and holds for
/// it.</param>
/// <param name="Arrival">Rises in the order of arrival within the partition.</param>
internal readonly record struct MatchRow(long Time, int Slot, uint Fits, int Arrival);

/// <summary>
/// Rows in an array, added at the end and taken away from the front. A field of its partition, so that a
/// partition is one object.
/// </summary>
/// <remarks>
/// A snapshot shares the array: rows are added behind those that it sees, and taking away moves the front
/// alone. Only sorting and moving rows together need an array that nobody else sees.
/// </remarks>
internal struct MatchRows
{
    private const int Smallest = 4;
    private MatchRow[] _rows;
    private int _first;
    private bool _isShared;

    public MatchRows() => _rows = [];

    public int Count { readonly get; private set; }

    public readonly ReadOnlySpan<MatchRow> Span => _rows.AsSpan(_first, Count);

    public readonly ref readonly MatchRow this[int index] => ref _rows[_first + index];

    /// <summary>The same rows, to go on with; these must not be changed any more.</summary>
    public readonly MatchRows Share() => this with { _isShared = true };

    public void Add(in MatchRow row)
    {
        if (_first + Count == _rows.Length) MakeRoom();
        _rows[_first + Count++] = row;
    }

    public void RemoveFirst(int count)
    {
        Count -= count;
        _first += count;
        if (Count == 0 && !_isShared) _first = 0;
    }

    public void Sort(IComparer<MatchRow> order)
    {
        if (_isShared) MoveTo(new MatchRow[_rows.Length]);
        _rows.AsSpan(_first, Count).Sort(order);
    }

    private void MakeRoom()
    {
        bool fits = !_isShared && Count > 0 && 2 * Count <= _rows.Length;
        MoveTo(fits ? _rows : new MatchRow[Math.Max(Smallest, 2 * Count)]);
    }

    /// <summary>Moves the rows to the front of the array.</summary>
    private void MoveTo(MatchRow[] rows)
    {
        Array.Copy(_rows, _first, rows, 0, Count);
        _isShared &= rows == _rows;
        _rows = rows;
        _first = 0;
    }
}
