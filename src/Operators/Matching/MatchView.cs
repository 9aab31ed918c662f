namespace Millrace.Operators.Matching;

/// <summary>
/// The rows of a match, or of a partial match with the row that might join it, by variable.
/// </summary>
internal readonly ref struct MatchView
{
    private readonly MatchPartition _partition;
    private readonly long _first;
    private readonly ReadOnlySpan<int> _counts;
    private readonly int _candidate;

    /// <param name="counts">Rows of each variable; empty for none.</param>
    /// <param name="candidate">The variable that the row after them would belong to; -1 without such a
    /// row.</param>
    public MatchView(MatchPartition partition, long first, ReadOnlySpan<int> counts, int candidate = -1)
    {
        _partition = partition;
        _first = first;
        _counts = counts;
        _candidate = candidate;
    }

    public MatchPartition Partition => _partition;

    /// <summary>The last row, the candidate where there is one.</summary>
    public long LastRow
    {
        get
        {
            (long first, int count) = RowsOf(-1);
            return first + count - 1;
        }
    }

    /// <summary>The first row of a variable and how many it has; -1 means all rows.</summary>
    public (long First, int Count) RowsOf(int variable)
    {
        long first = _first;
        int end = variable < 0 ? _counts.Length : Math.Min(variable, _counts.Length);
        int before = 0;
        for (int v = 0; v < end; v++) before += _counts[v];
        if (variable < 0) return (first, before + (_candidate >= 0 ? 1 : 0));
        int count = variable < _counts.Length ? _counts[variable] : 0;
        return (first + before, count + (_candidate == variable ? 1 : 0));
    }

    /// <summary>The slot of the row that FIRST or LAST means, or -1 where there is none.</summary>
    public int SlotOf(MatchColumn column)
    {
        (long first, int count) = RowsOf(column.Variable);
        if (column.Offset >= count) return -1;
        return _partition.SlotOf(column.IsFirst ? first + column.Offset : first + count - 1 - column.Offset);
    }
}
