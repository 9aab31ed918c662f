using System.Buffers;
using Millrace.Shared.Keys;

namespace Millrace.Operators.State;

/// <summary>
/// A table at the moment of a checkpoint. Made on the operator's thread, read on the writer's.
/// </summary>
internal sealed class SlotTableSnapshot(
    SlotStore store, SlotView view, KeyLayout keys, byte[][] sharedKeys, int stateOffset) : IDisposable
{
    private bool _isReleased;

    /// <summary>
    /// The live slots in ascending order of key group, by a counting sort; runs on the writer's thread.
    /// </summary>
    /// <param name="keyGroupOf">The key group of a slot; by default that of its hash.</param>
    /// <returns>
    /// The slots, and for each key group g the index of its first slot (at g + 1 the index behind its last).
    /// </returns>
    public (int[] Slots, int[] Starts) ByKeyGroup(int maxParallelism, Func<int, int>? keyGroupOf = null)
    {
        keyGroupOf ??= slot => KeyGroups.Of(HashOf(slot), maxParallelism);
        var starts = new int[maxParallelism + 1];
        for (int slot = 0; slot < view.SlotCount; slot++)
            if (IsLive(slot)) starts[keyGroupOf(slot) + 1]++;
        for (int group = 0; group < maxParallelism; group++) starts[group + 1] += starts[group];
        int[] next = [.. starts];
        var slots = new int[starts[maxParallelism]];
        for (int slot = 0; slot < view.SlotCount; slot++)
            if (IsLive(slot)) slots[next[keyGroupOf(slot)]++] = slot;
        return (slots, starts);
    }

    public int HashOf(int slot) => (int)(view.WordsOf(slot)[0] >> 32);

    /// <summary>The owner's words of a slot.</summary>
    public ReadOnlySpan<long> StateOf(int slot) => view.WordsOf(slot)[stateOffset..];

    public ReadOnlySpan<SlotObject?> ObjectsOf(int slot) => view.ObjectsOf(slot);

    /// <summary>Appends the key as <see cref="SlotTable.Restore"/> takes it.</summary>
    public void WriteKey(int slot, ArrayBufferWriter<byte> output) =>
        keys.Write(view.WordsOf(slot)[SlotTable.KeyOffset..stateOffset], sharedKeys, output);

    public void Dispose()
    {
        if (_isReleased) return;
        _isReleased = true;
        store.Release(view);
    }

    private bool IsLive(int slot) => (int)view.WordsOf(slot)[0] != 0;
}
