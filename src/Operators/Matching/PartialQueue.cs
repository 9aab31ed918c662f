namespace Millrace.Operators.Matching;

/// <summary>
/// Partial matches, the one that began first at the front. A binary heap in an array that moves its items
/// exactly as the priority queue of Flink's runtime does, since Flink goes through the array where matches
/// began at the same row, and so decides which of them wins. A snapshot may share the array.
/// A field of its owner, as <see cref="MatchRows"/>.
/// </summary>
internal struct PartialQueue
{
    private const int Smallest = 2;
    private PartialMatch[] _items;
    private bool _isShared;

    public PartialQueue() => _items = [];

    public int Count { readonly get; private set; }

    /// <summary>In the order of the array.</summary>
    public readonly ReadOnlySpan<PartialMatch> Items => _items.AsSpan(0, Count);

    public readonly PartialMatch First => _items[0];

    /// <summary>The same matches, to go on with; these must not be changed any more.</summary>
    public readonly PartialQueue Share() => this with { _isShared = true };

    public void Clear()
    {
        Count = 0;
        if (_isShared) (_items, _isShared) = ([], false);
    }

    public void Add(PartialMatch partial)
    {
        Own();
        if (Count == _items.Length) Array.Resize(ref _items, Math.Max(Smallest, 2 * Count));
        int k = Count++;
        while (k > 0)
        {
            int parent = (k - 1) >>> 1;
            if (partial.FirstRow >= _items[parent].FirstRow) break;
            _items[k] = _items[parent];
            k = parent;
        }
        _items[k] = partial;
    }

    public PartialMatch Take()
    {
        Own();
        PartialMatch first = _items[0];
        PartialMatch last = _items[--Count];
        if (Count > 0) SiftDown(0, last);
        return first;
    }

    /// <summary>Takes out those that began before the row (or at it), and gives back their counts.</summary>
    public void Prune(long row, bool isInclusive, RowCounts counts)
    {
        Own();
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            PartialMatch partial = _items[i];
            bool isPruned = !partial.IsStart
                && (partial.FirstRow < row || (isInclusive && partial.FirstRow == row));
            if (isPruned) counts.Free(partial.Counts);
            else _items[kept++] = partial;
        }
        if (kept == Count) return;
        Count = kept;
        for (int i = (Count >>> 1) - 1; i >= 0; i--) SiftDown(i, _items[i]);
    }

    private void Own()
    {
        if (!_isShared) return;
        _items = Items.ToArray();
        _isShared = false;
    }

    private readonly void SiftDown(int k, PartialMatch partial)
    {
        int half = Count >>> 1;
        while (k < half)
        {
            int child = (2 * k) + 1;
            int right = child + 1;
            if (right < Count && _items[child].FirstRow > _items[right].FirstRow) child = right;
            if (partial.FirstRow <= _items[child].FirstRow) break;
            _items[k] = _items[child];
            k = child;
        }
        _items[k] = partial;
    }
}
