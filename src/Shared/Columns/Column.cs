using System.Buffers;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Columns;

/// <summary>
/// The values of one column of a batch; immutable once built, laid out as Apache Arrow lays out arrays
/// (except that a BOOLEAN takes a byte, so that kernels combine truth values with plain byte instructions).
/// </summary>
/// <remarks>
/// Ownership: a column starts with one reference, owned by whoever made it. <see cref="Retain"/> adds one,
/// <see cref="Release"/> gives one up; at zero the buffers go back to the pool and must not be read again.
/// Forgetting a release costs garbage collection, never correctness; releasing twice is a bug. Reading is
/// safe from any thread that holds a reference.
/// </remarks>
public abstract class Column
{
    private int _references = 1;
    private ulong[]? _validity;

    private protected Column(int count, ulong[]? validity)
    {
        Count = count;
        _validity = validity;
    }

    /// <summary>Rows, 0 or more.</summary>
    public int Count { get; }

    /// <summary>False means that no row is null; true that some may be.</summary>
    public bool MayHaveNulls => _validity is not null;

    /// <summary>The validity bitmap or null; read-only, owned by the column.</summary>
    public ulong[]? ValidityWords => _validity;

    public bool IsNull(int row) => !Validity.IsValid(_validity, row);

    public Column Retain()
    {
        Invariant.Check(Interlocked.Increment(ref _references) > 1);
        return this;
    }

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        Invariant.Check(left >= 0);
        if (left > 0) return;
        if (_validity is { } words)
        {
            _validity = null;
            ArrayPool<ulong>.Shared.Return(words);
        }
        Free();
    }

    /// <summary>
    /// The rows at <paramref name="rows"/>, in that order, as a new column; -1 gives a null row.
    /// </summary>
    public abstract Column Gather(ReadOnlySpan<int> rows);

    /// <summary>Bytes that the values take, roughly; for limits and metrics.</summary>
    public abstract long SizeBytes { get; }

    private protected abstract void Free();

    private protected ulong[]? GatherValidity(ReadOnlySpan<int> rows)
    {
        ulong[]? gathered = null;
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= 0 && !IsNull(rows[i])) continue;
            gathered ??= Validity.Rent(rows.Length);
            Validity.SetNull(gathered, i);
        }
        return gathered;
    }

    private protected bool NeedsValidity(ReadOnlySpan<int> rows) => MayHaveNulls || rows.Contains(-1);
}
