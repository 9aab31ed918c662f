using System.Buffers;

namespace Millrace.Shared.Columns;

/// <summary>
/// ARRAY (one child: elements), MAP (two: keys, values) or MULTISET (two: elements, Int32 counts): row i is
/// the children's rows from offset i to offset i + 1.
/// </summary>
public sealed class ListColumn : Column
{
    private int[] _offsets;

    public ListColumn(int[] offsets, Column[] children, int count, ulong[]? validity = null)
        : base(count, validity)
    {
        _offsets = offsets;
        Children = children;
    }

    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    public Column[] Children { get; }

    public int Length(int row) => _offsets[row + 1] - _offsets[row];

    public override long SizeBytes => 4L * Count + Children.Sum(c => c.SizeBytes);

    public override Column Gather(ReadOnlySpan<int> rows)
    {
        int[] offsets = ArrayPool<int>.Shared.Rent(rows.Length + 1);
        var elements = new List<int>();
        for (int i = 0; i < rows.Length; i++)
        {
            offsets[i] = elements.Count;
            if (rows[i] < 0) continue;
            for (int e = _offsets[rows[i]]; e < _offsets[rows[i] + 1]; e++) elements.Add(e);
        }
        offsets[rows.Length] = elements.Count;
        int[] taken = [.. elements];
        Column[] children = [.. Children.Select(c => c.Gather(taken))];
        return new ListColumn(
            offsets, children, rows.Length, NeedsValidity(rows) ? GatherValidity(rows) : null);
    }

    private protected override void Free()
    {
        int[] offsets = _offsets;
        _offsets = [];
        if (offsets.Length > 0) ArrayPool<int>.Shared.Return(offsets);
        foreach (Column child in Children) child.Release();
    }
}

/// <summary>ROW: one child a field, each as long as the column. The fields of a null row are null.</summary>
public sealed class RowColumn : Column
{
    public RowColumn(Column[] children, int count, ulong[]? validity = null) : base(count, validity) =>
        Children = children;

    public Column[] Children { get; }

    public override long SizeBytes => Children.Sum(c => c.SizeBytes);

    public override Column Gather(ReadOnlySpan<int> rows)
    {
        var children = new Column[Children.Length];
        for (int i = 0; i < children.Length; i++) children[i] = Children[i].Gather(rows);
        return new RowColumn(children, rows.Length, NeedsValidity(rows) ? GatherValidity(rows) : null);
    }

    private protected override void Free()
    {
        foreach (Column child in Children) child.Release();
    }
}
