using Millrace.Operators.Rows;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Matching;

/// <summary>
/// The partitions by key, and which of them have something to do at a time. A partition without rows and
/// partial matches is not kept.
/// </summary>
internal sealed class PartitionTable
{
    private const int MostSpare = 1024;

    private readonly RowStore _keys;
    private readonly Func<PartialMatch> _start;
    private readonly PriorityQueue<MatchPartition, long> _wakes = new();
    private readonly Stack<MatchPartition> _spare = new();
    private MatchPartition?[] _buckets = new MatchPartition?[64];

    public PartitionTable(RowStore keys, Func<PartialMatch> start)
    {
        _keys = keys;
        _start = start;
    }

    public int Count { get; private set; }

    public IEnumerable<MatchPartition> All
    {
        get
        {
            foreach (MatchPartition? first in _buckets)
                for (MatchPartition? p = first; p is not null; p = p.NextInBucket) yield return p;
        }
    }

    /// <summary>The partition of the row's key, made when it is not there.</summary>
    public MatchPartition Get(ReadOnlySpan<Column> key, int row, int hash)
    {
        for (MatchPartition? p = _buckets[hash & (_buckets.Length - 1)]; p is not null; p = p.NextInBucket)
            if (p.Hash == hash && _keys.AreEqual(p.KeySlot, key, row)) return p;
        return Add(key, row, hash);
    }

    /// <summary>Asks to be given the partition when the watermark reaches the time.</summary>
    public void Wake(MatchPartition partition, long time)
    {
        if (time >= partition.WakeAt) return;
        partition.WakeAt = time;
        _wakes.Enqueue(partition, time);
    }

    /// <summary>Takes a partition that has asked for a time up to this one; it must ask again.</summary>
    public bool TryTakeDue(
        long time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MatchPartition? partition)
    {
        while (_wakes.TryPeek(out partition, out long at) && at <= time)
        {
            _wakes.Dequeue();
            if (partition.WakeAt != at) continue;
            partition.WakeAt = MatchPartition.NoWake;
            return true;
        }
        partition = null;
        return false;
    }

    /// <summary>
    /// Forgets the partition; the caller frees its key's slot when nothing refers to it any more.
    /// </summary>
    public void Remove(MatchPartition partition)
    {
        ref MatchPartition? bucket = ref _buckets[partition.Hash & (_buckets.Length - 1)];
        if (bucket == partition)
        {
            bucket = partition.NextInBucket;
        }
        else
        {
            MatchPartition before = bucket!;
            while (before.NextInBucket != partition) before = before.NextInBucket!;
            before.NextInBucket = partition.NextInBucket;
        }
        partition.NextInBucket = null;
        partition.WakeAt = MatchPartition.NoWake;
        Count--;
        if (_spare.Count < MostSpare) _spare.Push(partition);
    }

    private MatchPartition Add(ReadOnlySpan<Column> key, int row, int hash)
    {
        if (Count >= _buckets.Length) Grow();
        if (!_spare.TryPop(out MatchPartition? partition))
        {
            partition = new MatchPartition();
            partition.Partials.Add(_start());
        }
        partition.KeySlot = _keys.Add(key, row);
        partition.Hash = hash;
        Link(partition);
        Count++;
        return partition;
    }

    private void Link(MatchPartition partition)
    {
        ref MatchPartition? bucket = ref _buckets[partition.Hash & (_buckets.Length - 1)];
        partition.NextInBucket = bucket;
        bucket = partition;
    }

    private void Grow()
    {
        MatchPartition[] all = [.. All];
        _buckets = new MatchPartition?[2 * _buckets.Length];
        foreach (MatchPartition partition in all) Link(partition);
    }
}
