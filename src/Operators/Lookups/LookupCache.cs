using Millrace.Operators.Rows;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Lookups;

/// <summary>
/// What a dimension table answered, by key: an entry a key, found by a hash table, with a list of rows in a
/// <see cref="RowStore"/>. One thread.
/// </summary>
/// <remarks>
/// An entry is made when its key is first asked for and is Loading until <see cref="Load"/>; batches that ask
/// for it meanwhile find the same entry, so that a key is fetched once. Batches in flight pin their entries:
/// an entry that is evicted, expired or not to be kept leaves the hash table at once, and its rows when the
/// last pin goes. Loaded entries are in a list by use; beyond the maximum the one used longest ago is
/// evicted. Without options nothing is kept longer than its batch.
/// </remarks>
internal sealed class LookupCache
{
    public const int None = -1;

    private const int FirstBits = 8;

    private readonly LookupCacheOptions? _options;
    private readonly LookupKeys _keys;
    private readonly RowStore _rows;
    private readonly ByteHeap _heap = new();
    private int[] _buckets = NewBuckets(1 << FirstBits);
    private int _shift = 32 - FirstBits;
    private Entry[] _entries = new Entry[128];
    private int _entryEnd;
    private int _firstFree = None;
    private int _newest = None;
    private int _oldest = None;
    private int _inTable;

    public LookupCache(LookupCacheOptions? options, LookupKeys keys, RowStore rows)
    {
        _options = options;
        _keys = keys;
        _rows = rows;
    }

    /// <summary>Keys kept, without those being loaded.</summary>
    public int CachedCount { get; private set; }

    /// <summary>
    /// Finds or makes the entry of each row's key of the batch that the keys point to.
    /// </summary>
    /// <param name="entries">Receives an entry a row, <see cref="None"/> for a NULL key.</param>
    /// <param name="coldRows">Receives the first row of each entry that this call made, to be loaded.</param>
    /// <returns>Whether every entry is loaded.</returns>
    public bool Probe(Span<int> entries, List<int> coldRows, long nowMs)
    {
        bool allLoaded = true;
        for (int row = 0; row < entries.Length; row++)
        {
            if (_keys.IsNull(row))
            {
                entries[row] = None;
                continue;
            }
            int entry = _keys.AreNumbers ? FindNumber(row) : FindBytes(row);
            if (entry != None && IsExpired(in _entries[entry], nowMs))
            {
                Detach(entry);
                entry = None;
            }
            if (entry == None)
            {
                entry = Insert(row);
                coldRows.Add(row);
            }
            else if (_entries[entry].IsLoaded)
            {
                Touch(entry, nowMs);
            }
            allLoaded &= _entries[entry].IsLoaded;
            entries[row] = entry;
        }
        return allLoaded;
    }

    public bool IsLoaded(int entry) => entry == None || _entries[entry].IsLoaded;

    /// <summary>The first row of a loaded entry, or <see cref="RowStore.None"/>.</summary>
    public int FirstRow(int entry) => entry == None ? RowStore.None : _entries[entry].FirstRow;

    public void Pin(ReadOnlySpan<int> entries)
    {
        foreach (int entry in entries)
            if (entry != None) _entries[entry].Pins++;
    }

    public void Unpin(ReadOnlySpan<int> entries)
    {
        foreach (int entry in entries)
            if (entry != None && --_entries[entry].Pins == 0 && !_entries[entry].IsInTable) Free(entry);
    }

    /// <summary>
    /// Takes a key out of the table so that the next batch asks anew; it lives on while it is pinned.
    /// </summary>
    public void Forget(int entry) => Detach(entry);

    /// <summary>
    /// Adds a row to an entry that is being loaded; call in the reverse of the order wanted.
    /// </summary>
    public void AddRow(int entry, ColumnBatch batch, int row)
    {
        Invariant.Check(!_entries[entry].IsLoaded);
        _entries[entry].FirstRow = _rows.Add(batch.Columns, row, _entries[entry].FirstRow);
    }

    /// <summary>The rows added to the entry are what its key has.</summary>
    public void Load(int entry, long nowMs)
    {
        ref Entry e = ref _entries[entry];
        Invariant.Check(!e.IsLoaded);
        e.IsLoaded = true;
        e.WrittenMs = nowMs;
        e.UsedMs = nowMs;
        if (!e.IsInTable) return;
        if (e.FirstRow == RowStore.None && _options is { CachesMissing: false })
        {
            Detach(entry);
            return;
        }
        CachedCount++;
        LinkNewest(entry);
        while (_options is { MaxRows: > 0 } options && CachedCount > options.MaxRows) Detach(_oldest);
    }

    private bool IsExpired(in Entry e, long nowMs) =>
        e.IsLoaded && _options is { } options
        && ((options.ExpireAfterWriteMs > 0 && nowMs - e.WrittenMs >= options.ExpireAfterWriteMs)
            || (options.ExpireAfterAccessMs > 0 && nowMs - e.UsedMs >= options.ExpireAfterAccessMs));

    private int FindNumber(int row)
    {
        long number = _keys.Number(row);
        int entry = _buckets[BucketOf(LookupKeys.HashOf(number))];
        while (entry != None && _entries[entry].Number != number) entry = _entries[entry].NextInBucket;
        return entry;
    }

    private int FindBytes(int row)
    {
        ReadOnlySpan<byte> bytes = _keys.Bytes(row);
        int hash = LookupKeys.HashOf(bytes);
        int entry = _buckets[BucketOf(hash)];
        while (entry != None && !IsKey(in _entries[entry], hash, bytes)) entry = _entries[entry].NextInBucket;
        return entry;
    }

    private bool IsKey(in Entry e, int hash, ReadOnlySpan<byte> bytes) =>
        e.Hash == hash && _heap.Get(e.KeyStart, e.KeyLength).SequenceEqual(bytes);

    private int Insert(int row)
    {
        if (_inTable >= _buckets.Length / 2) Rehash();
        int entry = TakeEntry();
        ref Entry e = ref _entries[entry];
        e = new Entry { FirstRow = RowStore.None, IsInTable = true, Older = None, Newer = None };
        if (_keys.AreNumbers)
        {
            e.Number = _keys.Number(row);
            e.Hash = LookupKeys.HashOf(e.Number);
        }
        else
        {
            ReadOnlySpan<byte> bytes = _keys.Bytes(row);
            e.KeyStart = _heap.Add(bytes);
            e.KeyLength = bytes.Length;
            e.Hash = LookupKeys.HashOf(bytes);
        }
        ref int bucket = ref _buckets[BucketOf(e.Hash)];
        e.NextInBucket = bucket;
        bucket = entry;
        _inTable++;
        return entry;
    }

    private int TakeEntry()
    {
        if (_firstFree != None)
        {
            int entry = _firstFree;
            _firstFree = _entries[entry].NextInBucket;
            return entry;
        }
        if (_entryEnd == _entries.Length) Array.Resize(ref _entries, 2 * _entryEnd);
        return _entryEnd++;
    }

    private void Detach(int entry)
    {
        ref Entry e = ref _entries[entry];
        if (!e.IsInTable) return;
        ref int link = ref _buckets[BucketOf(e.Hash)];
        while (link != entry) link = ref _entries[link].NextInBucket;
        link = e.NextInBucket;
        e.IsInTable = false;
        _inTable--;
        if (e.IsListed)
        {
            Unlink(entry);
            CachedCount--;
        }
        if (e is { Pins: 0, IsLoaded: true }) Free(entry);
    }

    private void Free(int entry)
    {
        ref Entry e = ref _entries[entry];
        _rows.FreeList(e.FirstRow);
        _heap.Free(e.KeyStart, e.KeyLength);
        e.FirstRow = RowStore.None;
        e.KeyLength = 0;
        e.NextInBucket = _firstFree;
        _firstFree = entry;
    }

    private void Touch(int entry, long nowMs)
    {
        _entries[entry].UsedMs = nowMs;
        if (_newest == entry) return;
        Unlink(entry);
        LinkNewest(entry);
    }

    private void LinkNewest(int entry)
    {
        ref Entry e = ref _entries[entry];
        e.IsListed = true;
        e.Newer = None;
        e.Older = _newest;
        if (_newest != None) _entries[_newest].Newer = entry;
        _newest = entry;
        if (_oldest == None) _oldest = entry;
    }

    private void Unlink(int entry)
    {
        ref Entry e = ref _entries[entry];
        if (e.Newer != None) _entries[e.Newer].Older = e.Older;
        else _newest = e.Older;
        if (e.Older != None) _entries[e.Older].Newer = e.Newer;
        else _oldest = e.Newer;
        e.IsListed = false;
    }

    /// <summary>
    /// The upper bits of a hash are the better ones: they spread numbers that follow each other evenly.
    /// </summary>
    private int BucketOf(int hash) => (int)((uint)hash >> _shift);

    private void Rehash()
    {
        int[] old = _buckets;
        _buckets = NewBuckets(2 * old.Length);
        _shift--;
        foreach (int first in old)
        {
            for (int entry = first; entry != None;)
            {
                ref Entry e = ref _entries[entry];
                int next = e.NextInBucket;
                ref int bucket = ref _buckets[BucketOf(e.Hash)];
                e.NextInBucket = bucket;
                bucket = entry;
                entry = next;
            }
        }
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private struct Entry
    {
        public long Number;
        public long WrittenMs;
        public long UsedMs;
        public int Hash;
        public int KeyStart;
        public int KeyLength;
        public int NextInBucket;
        public int Older;
        public int Newer;
        public int FirstRow;
        public int Pins;
        public bool IsLoaded;
        public bool IsInTable;
        public bool IsListed;
    }
}
