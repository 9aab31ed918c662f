namespace Millrace.Operators.Matching;

/// <summary>A row that a partition keeps.</summary>
/// <param name="Time">Its row time.</param>
/// <param name="Slot">Where its columns are in the row store.</param>
/// <param name="Fits">A bit for each variable whose condition looks at the row alone and holds for
/// it.</param>
/// <param name="Arrival">Rises in the order of arrival within the partition.</param>
internal readonly record struct MatchRow(long Time, int Slot, uint Fits, int Arrival);

/// <summary>Rows in an array, taken away from the front.</summary>
internal sealed class MatchRows
{
    private MatchRow[] _rows = new MatchRow[4];

    public int Count { get; private set; }

    public Span<MatchRow> Span => _rows.AsSpan(0, Count);

    public ref readonly MatchRow this[int index] => ref _rows[index];

    public void Add(in MatchRow row)
    {
        if (Count == _rows.Length) Array.Resize(ref _rows, 2 * Count);
        _rows[Count++] = row;
    }

    public void RemoveFirst(int count)
    {
        Count -= count;
        if (Count > 0) Array.Copy(_rows, count, _rows, 0, Count);
    }
}
