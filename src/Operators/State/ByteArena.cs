using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Operators.State;

/// <summary>
/// Byte strings appended to chunks and never changed, so that snapshots share them as they are. A location is
/// the chunk in the upper and the offset in the lower half; the bytes follow their 32-bit length.
/// </summary>
internal sealed class ByteArena
{
    private const int FirstChunkBytes = 1 << 12;
    private const int ChunkBytes = 1 << 20;
    private byte[][] _chunks = [];
    private nint[] _bases = [];
    private int _used = int.MaxValue;

    /// <summary>Bytes appended, lengths included.</summary>
    public long SizeBytes { get; private set; }

    public long Add(ReadOnlySpan<byte> bytes)
    {
        int needed = sizeof(int) + bytes.Length;
        if (_chunks.Length == 0 || needed > _chunks[^1].Length - _used) AddChunk(needed);
        Span<byte> room = _chunks[^1].AsSpan(_used);
        MemoryMarshal.Write(room, bytes.Length);
        bytes.CopyTo(room[sizeof(int)..]);
        long location = ((long)(_chunks.Length - 1) << 32) | (uint)_used;
        _used += needed;
        SizeBytes += needed;
        return location;
    }

    /// <summary>Where the bytes' length lies; the chunk is pinned and lives as long as the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint AddressOf(long location) => _bases[(int)(location >> 32)] + (int)location;

    public ReadOnlySpan<byte> this[long location] => Get(_chunks, location);

    /// <summary>What a snapshot needs to read the locations given so far.</summary>
    public byte[][] Share() => _chunks;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Get(byte[][] chunks, long location)
    {
        byte[] chunk = chunks[(int)(location >> 32)];
        int offset = (int)location;
        return chunk.AsSpan(offset + sizeof(int), MemoryMarshal.Read<int>(chunk.AsSpan(offset)));
    }

    private void AddChunk(int needed)
    {
        int size = Math.Max(needed, (int)Math.Min(ChunkBytes, Math.Max(FirstChunkBytes, SizeBytes)));
        byte[] chunk = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        _chunks = [.. _chunks, chunk];
        _bases = [.. _bases, Marshal.UnsafeAddrOfPinnedArrayElement(chunk, 0)];
        _used = 0;
    }
}
