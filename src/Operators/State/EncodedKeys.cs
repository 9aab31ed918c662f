using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>
/// Keys with strings or nested values: the row encoded by <see cref="RowCodec"/> in an arena, one word with
/// its place. Removed keys leave gaps until half of the arena is unused.
/// </summary>
internal sealed unsafe class EncodedKeys(IReadOnlyList<LogicalType> types) : KeyLayout
{
    private const long CompactAboveBytes = 1 << 20;
    private readonly RowCodec _codec = new(types);
    private readonly ColumnBuilder[] _builders = [.. types.Select(t => ColumnBuilder.Create(t))];
    private readonly KeyEncoder _encoder = new(types);
    private ByteArena _arena = new();
    private long _unusedBytes;

    public override int Words => 1;

    public override void Probe(
        SlotTable table, ReadOnlySpan<Column> keys, ReadOnlySpan<int> hashes, Span<int> slots,
        Span<nint> addresses)
    {
        _encoder.Encode(keys, hashes.Length);
        table.Probe(new Bytes(this), hashes, slots, addresses);
    }

    public override Column[] Read(ReadOnlySpan<nint> keys)
    {
        foreach (nint key in keys) _codec.Decode(_arena[*(long*)key], _builders);
        return [.. _builders.Select(b => b.Build())];
    }

    public override byte[][] Share() => _arena.Share();

    public override void Write(ReadOnlySpan<long> key, byte[][] shared, ArrayBufferWriter<byte> output) =>
        output.Write(ByteArena.Get(shared, key[0]));

    public override void Restore(ReadOnlySpan<byte> bytes, Span<long> key) => key[0] = _arena.Add(bytes);

    public override void Forget(ReadOnlySpan<long> key) =>
        _unusedBytes += _arena[key[0]].Length + sizeof(int);

    public override void CompactIfWorthwhile(SlotTable table)
    {
        if (_unusedBytes < CompactAboveBytes || 2 * _unusedBytes < _arena.SizeBytes) return;
        var compact = new ByteArena();
        for (int slot = 0; slot < table.SlotCount; slot++)
        {
            if (!table.IsLive(slot)) continue;
            long* key = (long*)table.Writable(slot) + SlotTable.KeyOffset;
            *key = compact.Add(_arena[*key]);
        }
        _arena = compact;
        _unusedBytes = 0;
    }

    private readonly struct Bytes(EncodedKeys keys) : IKeyMatcher
    {
        public static bool IsIndirect => true;

        public void Prefetch(long* key) => Sse.Prefetch0((void*)keys._arena.AddressOf(*key));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Matches(long* key, int row) => keys._arena[*key].SequenceEqual(keys._encoder[row]);

        public void Store(long* key, int row) => *key = keys._arena.Add(keys._encoder[row]);
    }
}
