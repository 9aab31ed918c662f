using Millrace.Operators.Rows;

namespace Millrace.Operators.Matching;

/// <summary>
/// The order in which rows are matched: by time, then by the further ORDER BY columns, then by arrival.
/// </summary>
internal sealed class WaitingOrder : IComparer<MatchRow>
{
    private readonly RowStore _rows;
    private readonly (int Column, bool IsDescending, bool NullsLast)[] _thenBy;

    public WaitingOrder(MatchPlan plan, KeptColumns kept)
    {
        _rows = kept.Rows;
        _thenBy = [.. plan.ThenBy.Select(o => (kept.PositionOf(o.Column), o.IsDescending, o.NullsLast))];
    }

    /// <summary>Sorts the waiting rows.</summary>
    public void Sort(MatchPartition partition)
    {
        if (!partition.IsSorted || _thenBy.Length > 0) partition.Waiting.Sort(this);
        partition.IsSorted = true;
    }

    public int Compare(MatchRow left, MatchRow right)
    {
        if (left.Time != right.Time) return left.Time.CompareTo(right.Time);
        foreach ((int column, bool isDescending, bool nullsLast) in _thenBy)
        {
            int order = Compare(column, left.Slot, right.Slot, isDescending, nullsLast);
            if (order != 0) return order;
        }
        return left.Arrival.CompareTo(right.Arrival);
    }

    private int Compare(int column, int left, int right, bool isDescending, bool nullsLast)
    {
        int order = _rows.Compare(column, left, right);
        bool hasNull = _rows.IsNull(column, left) || _rows.IsNull(column, right);
        // The store has a NULL first.
        return hasNull ? (nullsLast ? -order : order) : (isDescending ? -order : order);
    }
}
