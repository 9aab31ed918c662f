using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>
/// Keys of fixed width: the values in words one after the other, then, where a column may be null, a word
/// with a bit for each column that is. Equality is that of the bits: 0.0 and -0.0 are two keys.
/// </summary>
internal sealed unsafe class FixedKeys : KeyLayout
{
    private readonly LogicalType[] _types;
    private readonly int[] _offsets;
    private readonly int _nullOffset;
    private readonly int _words;
    private long[] _loaded = [];

    public FixedKeys(IReadOnlyList<LogicalType> types)
    {
        Invariant.Check(types.Count <= 64);
        _types = [.. types];
        _offsets = new int[_types.Length];
        for (int i = 0; i < _types.Length; i++)
        {
            _offsets[i] = _words;
            _words += WordCodec.WordsOf(_types[i]);
        }
        _nullOffset = _types.Any(t => t.Nullable) ? _words++ : -1;
    }

    public override int Words => _words;

    public override void Probe(
        SlotTable table, ReadOnlySpan<Column> keys, ReadOnlySpan<int> hashes, Span<int> slots,
        Span<nint> addresses)
    {
        long* loaded = Load(keys, hashes.Length);
        if (_words == 1) table.Probe(new OneWord(loaded), hashes, slots, addresses);
        else if (_words == 2) table.Probe(new TwoWords(loaded), hashes, slots, addresses);
        else table.Probe(new ManyWords(loaded, _words), hashes, slots, addresses);
    }

    public override Column[] Read(ReadOnlySpan<nint> keys)
    {
        var columns = new Column[_types.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = WordCodec.Read(_types[i], keys, _offsets[i], _nullOffset, 1L << i);
        return columns;
    }

    public override byte[][] Share() => [];

    public override void Write(ReadOnlySpan<long> key, byte[][] shared, ArrayBufferWriter<byte> output) =>
        output.Write(MemoryMarshal.AsBytes(key));

    public override void Restore(ReadOnlySpan<byte> bytes, Span<long> key)
    {
        if (bytes.Length != _words * sizeof(long))
            throw new MillraceException(ErrorKind.Corrupt, $"A stored key has {bytes.Length} bytes.");
        bytes.CopyTo(MemoryMarshal.AsBytes(key));
    }

    public override void Forget(ReadOnlySpan<long> key)
    {
    }

    public override void CompactIfWorthwhile(SlotTable table)
    {
    }

    private long* Load(ReadOnlySpan<Column> keys, int count)
    {
        if (_loaded.Length < count * _words || _loaded.Length == 0)
            _loaded = GC.AllocateUninitializedArray<long>(Math.Max(1, count * _words), pinned: true);
        long* loaded = (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_loaded));
        long* nulls = _nullOffset < 0 ? null : loaded + _nullOffset;
        for (int row = 0; nulls != null && row < count; row++) nulls[(long)row * _words] = 0;
        for (int i = 0; i < keys.Length; i++)
            WordCodec.Load(keys[i], loaded + _offsets[i], _words, nulls, 1L << i);
        return loaded;
    }

    private readonly struct OneWord(long* loaded) : IKeyMatcher
    {
        public static bool IsIndirect => false;

        public void Prefetch(long* key)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Matches(long* key, int row) => *key == loaded[row];

        public void Store(long* key, int row) => *key = loaded[row];
    }

    private readonly struct TwoWords(long* loaded) : IKeyMatcher
    {
        public static bool IsIndirect => false;

        public void Prefetch(long* key)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Matches(long* key, int row) =>
            ((key[0] ^ loaded[2L * row]) | (key[1] ^ loaded[(2L * row) + 1])) == 0;

        public void Store(long* key, int row)
        {
            key[0] = loaded[2L * row];
            key[1] = loaded[(2L * row) + 1];
        }
    }

    private readonly struct ManyWords(long* loaded, int words) : IKeyMatcher
    {
        public static bool IsIndirect => false;

        public void Prefetch(long* key)
        {
        }

        public bool Matches(long* key, int row) =>
            new ReadOnlySpan<long>(key, words)
                .SequenceEqual(new ReadOnlySpan<long>(loaded + ((long)row * words), words));

        public void Store(long* key, int row) =>
            new ReadOnlySpan<long>(loaded + ((long)row * words), words).CopyTo(new Span<long>(key, words));
    }
}
