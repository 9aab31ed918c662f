using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>
/// The keyed state of the <c>hashmap</c> backend: from key columns to slots, and the state of each slot. One
/// thread uses it; snapshots are written by others meanwhile.
/// </summary>
/// <remarks>
/// <para>The problem: millions of groups, a few words of state each, looked up in batches of thousands of
/// rows in no order, while a checkpoint of all of them is written every few seconds without stopping. A
/// dictionary of objects costs three cache misses and an allocation a group, and cannot be read while it
/// changes.</para>
/// <para>A slot is a number; its record lies in a page of a <see cref="SlotStore"/>: a header word (the hash
/// in the upper half; in the lower a mark that the owner sets, 0 for a free slot), the key (<see
/// cref="KeyLayout"/>), then the owner's words and objects. The <see cref="SlotIndex"/> leads from hash to
/// slot. Key and state share cache lines, so a row costs a miss in the index and one in the record, and since
/// the rows of a batch do not depend on each other, both are prefetched a few hundred rows ahead: the misses
/// overlap (Chen et al. 2004, improving hash join performance through prefetching).</para>
/// <para>Snapshots are copy on write by page, see <see cref="SlotStore"/>; the index takes no part in them.
/// The writer orders the slots by key group (<see cref="SlotTableSnapshot"/>); a restore adds key by
/// key.</para>
/// </remarks>
internal sealed unsafe class SlotTable
{
    /// <summary>Where the key begins in a slot's words.</summary>
    public const int KeyOffset = 1;

    private const int PrefetchRows = 256;
    private readonly SlotStore _store;
    private readonly SlotIndex _index = new();
    private readonly KeyLayout _keys;
    private int[] _hashes = [];
    private nint[] _keyAddresses = [];

    /// <param name="keys">Types of the key columns; none makes one slot for all rows.</param>
    /// <param name="words">Words of state a slot.</param>
    /// <param name="objects">Objects of state a slot.</param>
    public SlotTable(IReadOnlyList<LogicalType> keys, int words, int objects = 0)
        : this(KeyLayout.For(keys), words, objects)
    {
    }

    public SlotTable(KeyLayout keys, int words, int objects)
    {
        _keys = keys;
        StateOffset = KeyOffset + _keys.Words;
        _store = new SlotStore(StateOffset + words, objects);
    }

    /// <summary>Where the owner's words begin in a slot's words.</summary>
    public int StateOffset { get; }

    /// <summary>Keys in the table.</summary>
    public int Count => _index.Count;

    /// <summary>Slot numbers are below it.</summary>
    public int SlotCount => _store.SlotCount;

    /// <summary>The store behind the slots, for objects and epochs.</summary>
    public SlotStore Store => _store;

    public bool IsLive(int slot) => Mark(_store.Address(slot)) != 0;

    /// <summary>Where the words of the slot are, to read and write until the next snapshot.</summary>
    public nint Writable(int slot) => _store.Writable(slot);

    /// <summary>The owner's mark of a slot, 1 when it was just added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref int Mark(nint address) => ref *(int*)address;

    private static ref int Hash(nint address) => ref *((int*)address + 1);

    /// <summary>
    /// Finds the slot of each row, adding the keys that are missing with zero state and mark 1.
    /// </summary>
    /// <param name="keys">The key columns, all of <paramref name="count"/> rows.</param>
    /// <param name="slots">Receives a slot a row.</param>
    /// <param name="addresses">
    /// Receives where its words are, to read and write until the next snapshot.
    /// </param>
    public void FindOrAdd(ReadOnlySpan<Column> keys, int count, Span<int> slots, Span<nint> addresses)
    {
        if (_hashes.Length < count) _hashes = new int[count];
        Span<int> hashes = _hashes.AsSpan(0, count);
        KeyHasher.Hash(keys, hashes);
        _keys.Probe(this, keys, hashes, slots[..count], addresses[..count]);
    }

    /// <summary>The hashes of the last <see cref="FindOrAdd"/>, one a row.</summary>
    public ReadOnlySpan<int> LastHashes => _hashes;

    /// <summary>The hash of the slot's key.</summary>
    public int HashOf(int slot) => Hash(_store.Address(slot));

    /// <summary>The keys of slots as columns that the caller owns.</summary>
    public Column[] ReadKeys(ReadOnlySpan<int> slots)
    {
        if (_keyAddresses.Length < slots.Length) _keyAddresses = new nint[slots.Length];
        for (int i = 0; i < slots.Length; i++)
            _keyAddresses[i] = _store.Address(slots[i]) + (KeyOffset * sizeof(long));
        return _keys.Read(_keyAddresses.AsSpan(0, slots.Length));
    }

    /// <summary>Removes the key and its state.</summary>
    public void Remove(int slot)
    {
        nint address = _store.Writable(slot);
        Invariant.Check(Mark(address) != 0);
        _index.Remove(Hash(address), slot);
        _keys.Forget(KeyOf(address));
        _store.Free(slot);
        _keys.CompactIfWorthwhile(this);
    }

    /// <summary>
    /// Adds a key out of a checkpoint, which must not be there yet, with zero state and mark 1.
    /// </summary>
    /// <param name="key">As the snapshot wrote it.</param>
    public int Restore(int hash, ReadOnlySpan<byte> key)
    {
        int slot = _store.Allocate();
        nint address = _store.Writable(slot);
        Mark(address) = 1;
        Hash(address) = hash;
        _keys.Restore(key, KeyOf(address));
        _index.Add(hash, slot);
        return slot;
    }

    /// <summary>The table as it is now, for another thread to write.</summary>
    public SlotTableSnapshot Snapshot() => new(_store, _store.Share(), _keys, _keys.Share(), StateOffset);

    /// <summary>Only for key layouts.</summary>
    public void Probe<TKeys>(TKeys keys, ReadOnlySpan<int> hashes, Span<int> slots, Span<nint> addresses)
        where TKeys : struct, IKeyMatcher
    {
        for (int start = 0; start < hashes.Length; start += PrefetchRows)
        {
            int count = Math.Min(PrefetchRows, hashes.Length - start);
            if (_index.IsLarge) Prefetch(keys, hashes.Slice(start, count));
            ProbeRows(keys, hashes, start, start + count, slots, addresses);
        }
    }

    private void ProbeRows<TKeys>(
        TKeys keys, ReadOnlySpan<int> hashes, int start, int end, Span<int> slots, Span<nint> addresses)
        where TKeys : struct, IKeyMatcher
    {
        bool isShared = _store.SharedEpoch != 0;
        var probe = new SlotProbe(_index, _store);
        for (int row = start; row < end; row++)
        {
            int slot = probe.Find(keys, hashes[row], row, out nint address);
            if (slot < 0)
            {
                slot = Add(keys, hashes[row], row);
                address = _store.Address(slot);
                probe = new SlotProbe(_index, _store);
            }
            slots[row] = slot;
            addresses[row] = isShared ? _store.Writable(slot) : address;
        }
    }

    /// <summary>
    /// Asks for the index entries of the rows, then for the records they lead to, then for the keys.
    /// </summary>
    private void Prefetch<TKeys>(TKeys keys, ReadOnlySpan<int> hashes) where TKeys : struct, IKeyMatcher
    {
        if (!Sse.IsSupported) return;
        foreach (int hash in hashes) _index.Prefetch(hash);
        int lastByte = (_store.Words * sizeof(long)) - 1;
        foreach (int hash in hashes)
        {
            nint address = Candidate(hash);
            if (address == 0) continue;
            Sse.Prefetch0((void*)address);
            Sse.Prefetch0((void*)(address + lastByte));
        }
        if (!TKeys.IsIndirect) return;
        foreach (int hash in hashes)
        {
            nint address = Candidate(hash);
            if (address != 0) keys.Prefetch((long*)address + KeyOffset);
        }
    }

    /// <summary>The record that probing looks at first, or 0.</summary>
    private nint Candidate(int hash)
    {
        ulong entry = _index.Entries[SlotIndex.Start(hash, _index.Shift)];
        return entry == 0 ? 0 : _store.Address((int)(uint)entry - 1);
    }

    private int Add<TKeys>(TKeys keys, int hash, int row) where TKeys : struct, IKeyMatcher
    {
        int slot = _store.Allocate();
        nint address = _store.Writable(slot);
        Mark(address) = 1;
        Hash(address) = hash;
        keys.Store((long*)address + KeyOffset, row);
        _index.Add(hash, slot);
        return slot;
    }

    private Span<long> KeyOf(nint address) => new((long*)address + KeyOffset, _keys.Words);
}

/// <summary>What a probe reads, held in registers for a run of rows; stale once a key was added.</summary>
internal readonly unsafe ref struct SlotProbe(SlotIndex index, SlotStore store)
{
    private readonly ulong* _entries = index.Entries;
    private readonly int _mask = index.Mask;
    private readonly int _shift = index.Shift;
    private readonly nint* _pages = store.PageAddresses;
    private readonly int _slotBytes = store.Words * sizeof(long);

    /// <returns>The slot, or -1 where the key is missing.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find<TKeys>(TKeys keys, int hash, int row, out nint address) where TKeys : struct, IKeyMatcher
    {
        for (int at = SlotIndex.Start(hash, _shift); ; at = (at + 1) & _mask)
        {
            ulong entry = _entries[at];
            if (entry == 0) break;
            if ((int)(entry >> 32) != hash) continue;
            int slot = (int)(uint)entry - 1;
            address = _pages[slot >> SlotStore.PageShift] + ((slot & (SlotStore.PageSize - 1)) * _slotBytes);
            if (keys.Matches((long*)address + SlotTable.KeyOffset, row)) return slot;
        }
        address = 0;
        return -1;
    }
}
