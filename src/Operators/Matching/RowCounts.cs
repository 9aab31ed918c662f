using System.Runtime.InteropServices;
using Millrace.Operators.State;

namespace Millrace.Operators.Matching;

/// <summary>
/// How many rows each variable of a partial match has: blocks of one number a variable, in pages that
/// snapshots share.
/// </summary>
internal sealed class RowCounts(int variables)
{
    public const int None = -1;

    private readonly SlotStore _store = new((variables + 1) / 2);

    /// <summary>Blocks in use.</summary>
    public int Used { get; private set; }

    public int Variables => variables;

    public ReadOnlySpan<int> Of(int block) => block == None
        ? ReadOnlySpan<int>.Empty
        : MemoryMarshal.Cast<long, int>(_store.WordsOf(block))[..variables];

    /// <summary>A copy of the block, or zeros for <see cref="None"/>.</summary>
    public unsafe int Copy(int block)
    {
        Used++;
        int copy = _store.Allocate();
        if (block == None) return copy;
        _store.WordsOf(block).CopyTo(new Span<long>((void*)_store.Writable(copy), _store.Words));
        return copy;
    }

    public void Increment(int block, int variable) => At(block, variable)++;

    public void Set(int block, int variable, int count) => At(block, variable) = count;

    public void Free(int block)
    {
        if (block == None) return;
        Used--;
        _store.Free(block);
    }

    /// <summary>The blocks as they are now, for another thread.</summary>
    public RowCountsSnapshot Snapshot() => new(_store, variables);

    private unsafe ref int At(int block, int variable) => ref ((int*)_store.Writable(block))[variable];
}

/// <summary>The blocks at the moment of a checkpoint.</summary>
internal sealed class RowCountsSnapshot(SlotStore store, int variables) : IDisposable
{
    private readonly SlotView _view = store.Share();

    public ReadOnlySpan<int> Of(int block) =>
        MemoryMarshal.Cast<long, int>(_view.WordsOf(block))[..variables];

    public void Dispose() => store.Release(_view);
}
