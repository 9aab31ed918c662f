using System.Diagnostics.CodeAnalysis;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Matching;

/// <summary>
/// The partitions by key, and which of them have something to do at a time. A partition without rows and
/// partial matches is not kept.
/// </summary>
/// <remarks>
/// A partition is the object of its key's slot in a <see cref="SlotTable"/>. A snapshot shares the table page
/// by page and the partitions one by one: what is asked for here is a copy of its own by then. So nothing may
/// hold a partition across a snapshot; slots may be held.
/// </remarks>
internal sealed class PartitionTable
{
    private const int MostSpare = 1024;

    private readonly SlotTable _table;
    private readonly Func<PartialMatch> _start;
    private readonly PriorityQueue<int, long> _wakes = new();
    private readonly Stack<MatchPartition> _spare = new();
    private nint[] _addresses = [];

    /// <param name="table">With <see cref="NewTable"/>.</param>
    public PartitionTable(SlotTable table, Func<PartialMatch> start)
    {
        _table = table;
        _start = start;
    }

    public int Count => _table.Count;

    /// <summary>The partition at the slot, ready to be changed until the next snapshot.</summary>
    public MatchPartition this[int slot]
    {
        get
        {
            _table.Store.Writable(slot);
            return (MatchPartition?)_table.Store.WritableObject(slot, 0) ?? Begin(slot);
        }
    }

    /// <summary>Encodes its keys as <see cref="RowCodec"/> does, as checkpoints have them.</summary>
    public static SlotTable NewTable(IReadOnlyList<LogicalType> keys) => new(new EncodedKeys(keys), 0, 1);

    /// <summary>Finds the slot of each row's key, adding those that are missing.</summary>
    public void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> slots)
    {
        if (_addresses.Length < slots.Length) _addresses = new nint[slots.Length];
        _table.FindOrAdd(keys, slots.Length, slots, _addresses.AsSpan(0, slots.Length));
    }

    /// <summary>Adds a key out of a checkpoint, which must not be there yet.</summary>
    public MatchPartition Restore(int hash, ReadOnlySpan<byte> key) => this[_table.Restore(hash, key)];

    /// <summary>The partitions as they are now, for another thread.</summary>
    public SlotTableSnapshot Snapshot() => _table.Snapshot();

    /// <summary>Asks to be given the partition when the watermark reaches the time.</summary>
    public void Wake(MatchPartition partition, long time)
    {
        if (time >= partition.WakeAt) return;
        partition.WakeAt = time;
        _wakes.Enqueue(partition.Slot, time);
    }

    /// <summary>Takes a partition that has asked for a time up to this one; it must ask again.</summary>
    public bool TryTakeDue(long time, [NotNullWhen(true)] out MatchPartition? partition)
    {
        while (_wakes.TryPeek(out int slot, out long at) && at <= time)
        {
            _wakes.Dequeue();
            if (_table.Store.ObjectsOf(slot)[0] is not MatchPartition { WakeAt: var wakeAt } || wakeAt != at)
                continue;
            partition = this[slot];
            partition.WakeAt = MatchPartition.NoWake;
            return true;
        }
        partition = null;
        return false;
    }

    /// <summary>Forgets the idle partition at the slot, which nothing refers to any more.</summary>
    public void Remove(int slot)
    {
        MatchPartition partition = this[slot];
        _table.Remove(slot);
        partition.WakeAt = MatchPartition.NoWake;
        if (_spare.Count < MostSpare) _spare.Push(partition);
    }

    private MatchPartition Begin(int slot)
    {
        if (!_spare.TryPop(out MatchPartition? partition))
        {
            partition = new MatchPartition(_table.Store.Epoch);
            partition.Partials.Add(_start());
        }
        partition.Slot = slot;
        _table.Store.ObjectsOf(slot)[0] = partition;
        return partition;
    }
}
