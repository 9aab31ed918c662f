using System.Buffers;
using System.Runtime.CompilerServices;

namespace Millrace.Shared.Columns;

/// <summary>
/// A column of values of one width: bool (0 or 1), sbyte, short, int, long, float, double or Int128
/// (DECIMAL). The value of a null row is undefined.
/// </summary>
public sealed class FixedColumn<T> : Column where T : unmanaged
{
    private T[] _values;
    private readonly bool _pooled;

    /// <param name="values">
    /// At least <paramref name="count"/> values; owned by the column from now on.
    /// </param>
    /// <param name="count">Rows.</param>
    /// <param name="validity">A bitmap from <see cref="Validity.Rent"/>, owned from now on, or null.</param>
    /// <param name="pooled">Whether the array came from <see cref="ArrayPool{T}.Shared"/>.</param>
    public FixedColumn(T[] values, int count, ulong[]? validity = null, bool pooled = true)
        : base(count, validity)
    {
        _values = values;
        _pooled = pooled;
    }

    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    public T this[int row] => _values[row];

    public override long SizeBytes => (long)Count * Unsafe.SizeOf<T>();

    /// <summary>
    /// A pooled array for the values of a new column; the caller fills the first <paramref name="count"/>.
    /// </summary>
    public static T[] Rent(int count) => ArrayPool<T>.Shared.Rent(Math.Max(1, count));

    /// <summary>A column over a copy of the values.</summary>
    public static FixedColumn<T> Of(ReadOnlySpan<T> values, ulong[]? validity = null)
    {
        T[] copy = Rent(values.Length);
        values.CopyTo(copy);
        return new FixedColumn<T>(copy, values.Length, validity);
    }

    /// <summary>The same value in every row.</summary>
    public static FixedColumn<T> Constant(T value, int count)
    {
        T[] values = Rent(count);
        values.AsSpan(0, count).Fill(value);
        return new FixedColumn<T>(values, count);
    }

    /// <summary>A column of nulls.</summary>
    public static FixedColumn<T> Nulls(int count)
    {
        T[] values = Rent(count);
        values.AsSpan(0, count).Clear();
        return new FixedColumn<T>(values, count, Validity.Rent(count, false));
    }

    public override Column Gather(ReadOnlySpan<int> rows)
    {
        T[] gathered = Rent(rows.Length);
        T[] values = _values;
        if (!NeedsValidity(rows))
        {
            for (int i = 0; i < rows.Length; i++) gathered[i] = values[rows[i]];
            return new FixedColumn<T>(gathered, rows.Length);
        }
        for (int i = 0; i < rows.Length; i++) gathered[i] = rows[i] < 0 ? default : values[rows[i]];
        return new FixedColumn<T>(gathered, rows.Length, GatherValidity(rows));
    }

    private protected override void Free()
    {
        T[] values = _values;
        _values = [];
        if (_pooled && values.Length > 0) ArrayPool<T>.Shared.Return(values);
    }
}
