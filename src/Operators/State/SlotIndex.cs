using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Operators.State;

/// <summary>
/// Finds slots by 32-bit hash: open addressing with linear probing in a power of two of 64-bit entries, hash
/// in the upper half, slot + 1 in the lower, 0 for none; at most 5 of 8 entries are used. A removal shifts
/// what follows back, so there are no tombstones.
/// </summary>
internal sealed unsafe class SlotIndex
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const int PrefetchAboveEntries = 1 << 15;
    private ulong[] _entries;
    private ulong* _base;
    private int _shift;
    private int _mask;

    public SlotIndex() => Use([], 16);

    public int Count { get; private set; }

    /// <summary>Whether the table is so large that a probe misses the caches.</summary>
    public bool IsLarge => _mask >= PrefetchAboveEntries;

    public ulong* Entries => _base;

    public int Mask => _mask;

    /// <summary>For <see cref="Start"/>.</summary>
    public int Shift => _shift;

    /// <summary>Where probing for the hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int hash, int shift) => (int)(((uint)hash * Golden) >> shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_base + Start(hash, _shift));
    }

    /// <summary>The hash must not lead to the slot yet; grows as needed.</summary>
    public void Add(int hash, int slot)
    {
        if (8L * (Count + 1) > 5L * (_mask + 1)) Use(_entries, 2 * (_mask + 1));
        Insert(((ulong)(uint)hash << 32) | (uint)(slot + 1));
        Count++;
    }

    public void Remove(int hash, int slot)
    {
        ulong wanted = ((ulong)(uint)hash << 32) | (uint)(slot + 1);
        int hole = Start(hash, _shift);
        while (_base[hole] != wanted) hole = (hole + 1) & _mask;
        for (int next = (hole + 1) & _mask; _base[next] != 0; next = (next + 1) & _mask)
        {
            int home = Start((int)(_base[next] >> 32), _shift);
            if (((next - home) & _mask) < ((next - hole) & _mask)) continue;
            _base[hole] = _base[next];
            hole = next;
        }
        _base[hole] = 0;
        Count--;
    }

    private void Insert(ulong entry)
    {
        int at = Start((int)(entry >> 32), _shift);
        while (_base[at] != 0) at = (at + 1) & _mask;
        _base[at] = entry;
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_entries))]
    private void Use(ulong[] old, int size)
    {
        _entries = GC.AllocateArray<ulong>(size, pinned: true);
        _base = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_entries));
        _mask = size - 1;
        _shift = 64 - BitOperations.Log2((uint)size);
        foreach (ulong entry in old)
            if (entry != 0) Insert(entry);
    }
}
