using System.Buffers;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>How the keys of a <see cref="SlotTable"/> lie in the words of a slot.</summary>
internal abstract class KeyLayout
{
    /// <summary>Words of the slot that the key takes.</summary>
    public abstract int Words { get; }

    /// <summary>Fixed words where every key column allows it, else encoded bytes.</summary>
    public static KeyLayout For(IReadOnlyList<LogicalType> types) =>
        types.All(t => WordCodec.WordsOf(t) > 0) ? new FixedKeys(types) : new EncodedKeys(types);

    /// <summary>Finds the slot of each row's key, adding those that are missing.</summary>
    /// <param name="table">The table of this layout.</param>
    /// <param name="hashes">One hash of <see cref="Shared.Keys.KeyHasher"/> a row.</param>
    public abstract void Probe(
        SlotTable table, ReadOnlySpan<Column> keys, ReadOnlySpan<int> hashes, Span<int> slots,
        Span<nint> addresses);

    /// <summary>The keys of slots as columns that the caller owns.</summary>
    /// <param name="keys">Addresses of the slots' key words.</param>
    public abstract Column[] Read(ReadOnlySpan<nint> keys);

    /// <summary>What <see cref="Write"/> needs to read keys later, on another thread.</summary>
    public abstract byte[][] Share();

    /// <summary>Appends a key for the checkpoint.</summary>
    public abstract void Write(ReadOnlySpan<long> key, byte[][] shared, ArrayBufferWriter<byte> output);

    /// <summary>Sets the key words from what <see cref="Write"/> appended.</summary>
    public abstract void Restore(ReadOnlySpan<byte> bytes, Span<long> key);

    /// <summary>The key of a slot is no longer needed.</summary>
    public abstract void Forget(ReadOnlySpan<long> key);

    /// <summary>Moves the keys of the live slots together once half of their room is unused.</summary>
    public abstract void CompactIfWorthwhile(SlotTable table);
}

/// <summary>
/// Whether a row's key is that of a slot; a struct, so that probing is compiled for each kind of key.
/// </summary>
internal interface IKeyMatcher
{
    unsafe bool Matches(long* key, int row);

    unsafe void Store(long* key, int row);

    /// <summary>Whether the key leads to memory outside of the slot.</summary>
    static abstract bool IsIndirect { get; }

    /// <summary>Asks for that memory.</summary>
    unsafe void Prefetch(long* key);
}
