using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Errors;

namespace Millrace.Operators.State;

/// <summary>
/// Fixed-size records, one a slot, in pages that snapshots share and writers copy: each slot has some 64-bit
/// words and some object references. One thread writes; snapshots are read by others.
/// </summary>
/// <remarks>
/// <para>Words lie in pinned arrays of <see cref="PageSize"/> slots, all words of a slot together, so that a
/// row costs one or two cache lines, and so that kernels work on plain addresses. An address stays good until
/// the next call of <see cref="Share"/>: before handing one out, <see cref="Writable"/> copies a page that a
/// live snapshot shares, and it copies it at most once.</para>
/// <para>Copy on write: each page knows the epoch in which it was made. A snapshot takes the arrays of page
/// references, closes the epoch and opens the next; a page of an epoch that a live snapshot closed is shared.
/// When the last snapshot is given up nothing is shared and writes cost one comparison. Objects follow the
/// same rule by their own epoch (<see cref="SlotObject"/>).</para>
/// </remarks>
internal sealed unsafe class SlotStore(int words, int objects = 0)
{
    public const int PageShift = 10;
    public const int PageSize = 1 << PageShift;
    private const int PageMask = PageSize - 1;
    private readonly Lock _snapshots = new();
    private readonly List<int> _closedEpochs = [];
    private readonly Stack<int> _free = new();
    private SlotPage[] _pages = [];
    private nint[] _bases = [];
    private nint* _firstBase;
    private int[] _epochs = [];
    private int _epoch = 1;
    private volatile int _sharedEpoch;
    private volatile int _oldestSharedEpoch;
    private readonly int _slotBytes = words * sizeof(long);

    /// <summary>Words of a slot.</summary>
    public int Words { get; } = words;

    /// <summary>Object references of a slot.</summary>
    public int Objects { get; } = objects;

    /// <summary>Slots in use and free ones that were in use; slot numbers are below it.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The address of each page's first slot; good until the next allocation.</summary>
    public nint* PageAddresses => _firstBase;

    /// <summary>The epoch that objects written now belong to.</summary>
    public int Epoch => _epoch;

    /// <summary>What was made in this epoch or before may be shared; 0 where nothing is.</summary>
    public int SharedEpoch => _sharedEpoch;

    /// <summary>Whether a live snapshot sees what was given up in the epoch.</summary>
    public bool IsSeen(int givenUpIn) => _oldestSharedEpoch is var oldest && oldest > 0 && oldest < givenUpIn;

    /// <summary>A slot of zero words and null objects.</summary>
    public int Allocate()
    {
        if (_free.TryPop(out int slot)) return slot;
        Invariant.Check(SlotCount < int.MaxValue - PageSize);
        if (SlotCount >> PageShift == _pages.Length) AddPages();
        int page = SlotCount >> PageShift;
        if (_pages[page] is null) SetPage(page, new SlotPage(PageSize * Words, PageSize * Objects));
        return SlotCount++;
    }

    /// <summary>Clears the slot; it may be allocated again.</summary>
    public void Free(int slot)
    {
        Clear(slot);
        _free.Push(slot);
    }

    /// <summary>Sets all words to zero and all objects to null.</summary>
    public void Clear(int slot)
    {
        new Span<long>((void*)Writable(slot), Words).Clear();
        if (Objects > 0) ObjectsOf(slot).Clear();
    }

    /// <summary>Where the words of the slot are, to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Address(int slot) => _firstBase[slot >> PageShift] + ((slot & PageMask) * _slotBytes);

    /// <summary>The words of the slot, to read; they stay as they are when their page is copied.</summary>
    public ReadOnlySpan<long> WordsOf(int slot) =>
        _pages[slot >> PageShift].Words.Slice((slot & PageMask) * Words, Words);

    /// <summary>
    /// Where the words of the slot are, to read and write; its objects may be replaced too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Writable(int slot)
    {
        int page = slot >> PageShift;
        if (_epochs[page] <= _sharedEpoch) CopyPage(page);
        return _firstBase[page] + ((slot & PageMask) * _slotBytes);
    }

    /// <summary>The objects of the slot; to replace one, call <see cref="Writable"/> first.</summary>
    public Span<SlotObject?> ObjectsOf(int slot) =>
        _pages[slot >> PageShift].Objects.AsSpan((slot & PageMask) * Objects, Objects);

    /// <summary>The object, ready to be changed: a shared one is copied. The slot must be writable.</summary>
    /// <returns>Null where there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SlotObject? WritableObject(int slot, int index)
    {
        ref SlotObject? item = ref _pages[slot >> PageShift].Objects[((slot & PageMask) * Objects) + index];
        if (item is not null && item.Epoch <= _sharedEpoch) item = item.CopyFor(_epoch);
        return item;
    }

    /// <summary>All slots as they are now; the caller gives the view up with <see cref="Release"/>.</summary>
    public SlotView Share()
    {
        var view = new SlotView([.. _pages], SlotCount, Words, Objects, _epoch);
        lock (_snapshots)
        {
            _closedEpochs.Add(_epoch);
            _oldestSharedEpoch = _closedEpochs.Min();
            _sharedEpoch = _epoch++;
        }
        return view;
    }

    /// <summary>Any thread.</summary>
    public void Release(SlotView view)
    {
        lock (_snapshots)
        {
            _closedEpochs.Remove(view.Epoch);
            _sharedEpoch = _closedEpochs.Count == 0 ? 0 : _closedEpochs.Max();
            _oldestSharedEpoch = _closedEpochs.Count == 0 ? 0 : _closedEpochs.Min();
        }
    }

    private void AddPages()
    {
        int size = Math.Max(4, 2 * _pages.Length);
        Array.Resize(ref _pages, size);
        Array.Resize(ref _epochs, size);
        nint[] bases = GC.AllocateArray<nint>(size, pinned: true);
        _bases.CopyTo(bases, 0);
        _bases = bases;
        _firstBase = (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bases));
    }

    private void CopyPage(int page) => SetPage(page, _pages[page].Copy());

    private void SetPage(int index, SlotPage page)
    {
        _pages[index] = page;
        _bases[index] = page.Base;
        _epochs[index] = _epoch;
    }
}

/// <summary>The words and objects of <see cref="SlotStore.PageSize"/> slots.</summary>
internal sealed unsafe class SlotPage
{
    private const int CacheLineBytes = 64;
    private readonly long[] _words;
    private readonly int _count;
    private readonly int _first;

    public SlotPage(int words, int objects) : this(words, objects == 0 ? [] : new SlotObject?[objects])
    {
    }

    private SlotPage(int words, SlotObject?[] objects)
    {
        _words = GC.AllocateArray<long>(words + (CacheLineBytes / sizeof(long)) - 1, pinned: true);
        _count = words;
        Objects = objects;
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));
        Base = (start + CacheLineBytes - 1) & -CacheLineBytes;
        _first = (int)((Base - start) / sizeof(long));
    }

    public SlotObject?[] Objects { get; }

    /// <summary>
    /// Address of the first word, at the beginning of a cache line; the page keeps it alive.
    /// </summary>
    public nint Base { get; }

    public Span<long> Words => _words.AsSpan(_first, _count);

    public SlotPage Copy()
    {
        var copy = new SlotPage(_count, Objects.Length == 0 ? [] : [.. Objects]);
        Words.CopyTo(copy.Words);
        return copy;
    }
}

/// <summary>The slots of a store at one moment; immutable, for any thread.</summary>
internal sealed class SlotView(SlotPage[] pages, int slotCount, int words, int objects, int epoch)
{
    public int SlotCount { get; } = slotCount;

    public int Epoch { get; } = epoch;

    public ReadOnlySpan<long> WordsOf(int slot) =>
        pages[slot >> SlotStore.PageShift].Words.Slice((slot & (SlotStore.PageSize - 1)) * words, words);

    public ReadOnlySpan<SlotObject?> ObjectsOf(int slot) =>
        pages[slot >> SlotStore.PageShift].Objects.AsSpan(
            (slot & (SlotStore.PageSize - 1)) * objects, objects);
}

/// <summary>State of a slot that does not fit words. Changed only while its epoch is not shared.</summary>
internal abstract class SlotObject(int epoch)
{
    /// <summary>The epoch of the store in which it was made.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>An equal object to change, which shares nothing that changes.</summary>
    public abstract SlotObject CopyFor(int epoch);
}
