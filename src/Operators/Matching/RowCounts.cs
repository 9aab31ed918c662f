namespace Millrace.Operators.Matching;

/// <summary>
/// How many rows each variable of a partial match has: blocks of one number a variable, in one array.
/// </summary>
internal sealed class RowCounts(int variables)
{
    public const int None = -1;

    private readonly Stack<int> _free = new();
    private int[] _counts = new int[64 * variables];
    private int _end;

    /// <summary>Blocks in use.</summary>
    public int Used { get; private set; }

    public int Variables => variables;

    public ReadOnlySpan<int> Of(int block) =>
        block == None ? ReadOnlySpan<int>.Empty : _counts.AsSpan(block, variables);

    /// <summary>A copy of the block, or zeros for <see cref="None"/>.</summary>
    public int Copy(int block)
    {
        int copy = Take();
        Span<int> counts = _counts.AsSpan(copy, variables);
        if (block == None) counts.Clear();
        else _counts.AsSpan(block, variables).CopyTo(counts);
        return copy;
    }

    public void Increment(int block, int variable) => _counts[block + variable]++;

    public void Set(int block, int variable, int count) => _counts[block + variable] = count;

    public void Free(int block)
    {
        if (block == None) return;
        Used--;
        _free.Push(block);
    }

    private int Take()
    {
        Used++;
        if (_free.TryPop(out int block)) return block;
        block = _end;
        _end += variables;
        if (_end > _counts.Length) Array.Resize(ref _counts, 2 * _counts.Length);
        return block;
    }
}
