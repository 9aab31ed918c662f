using System.Buffers;

namespace Millrace.Shared.Columns;

/// <summary>Builder of a <see cref="FixedColumn{T}"/>.</summary>
public sealed class FixedColumnBuilder<T>(int capacity = 16) : ColumnBuilder where T : unmanaged
{
    private T[] _values = FixedColumn<T>.Rent(capacity);

    public void Append(T value)
    {
        if (Count == _values.Length) Grow(Count + 1);
        _values[Count++] = value;
    }

    public override void AppendNull()
    {
        MarkNull(Count);
        Append(default);
    }

    public override void AppendFrom(Column source, int row)
    {
        if (row < 0 || source.IsNull(row)) AppendNull();
        else Append(((FixedColumn<T>)source)[row]);
    }

    public override Column Build()
    {
        // The next array is rented when the next row comes: most builders build once.
        var column = new FixedColumn<T>(_values, Count, TakeValidity());
        _values = [];
        Count = 0;
        return column;
    }

    public override void Truncate(int count)
    {
        TruncateValidity(count);
        Count = Math.Min(Count, count);
    }

    private void Grow(int needed)
    {
        T[] old = _values;
        _values = FixedColumn<T>.Rent(Math.Max(Math.Max(needed, 16), 2 * old.Length));
        old.AsSpan(0, Count).CopyTo(_values);
        if (old.Length > 0) ArrayPool<T>.Shared.Return(old);
    }
}

/// <summary>Builder of a <see cref="BytesColumn"/>.</summary>
public sealed class BytesColumnBuilder(int capacity = 16, int averageSizeBytes = 16) : ColumnBuilder
{
    private int[] _offsets = StartOffsets(capacity);
    private byte[] _data = ArrayPool<byte>.Shared.Rent(Math.Max(16, capacity * averageSizeBytes));
    private int _end;

    public void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Commit(value.Length);
    }

    /// <summary>
    /// Room for at least <paramref name="size"/> bytes of the next value; end it with <see cref="Commit"/>.
    /// </summary>
    public Span<byte> Reserve(int size)
    {
        if (_data.Length - _end < size) GrowData(checked(_end + size));
        return _data.AsSpan(_end);
    }

    /// <summary>
    /// Ends the value whose first <paramref name="size"/> bytes were written into the reserved room.
    /// </summary>
    public void Commit(int size)
    {
        _end += size;
        Count++;
        if (Count >= _offsets.Length) GrowOffsets();
        _offsets[Count] = _end;
    }

    public override void AppendNull()
    {
        MarkNull(Count);
        Commit(0);
    }

    public override void AppendFrom(Column source, int row)
    {
        if (row < 0 || source.IsNull(row)) AppendNull();
        else Append(((BytesColumn)source)[row]);
    }

    public override Column Build()
    {
        // The next arrays are rented when the next row comes: most builders build once.
        if (_offsets.Length == 0) _offsets = StartOffsets(16);
        var column = new BytesColumn(_offsets, _data, Count, TakeValidity());
        _data = [];
        _offsets = [];
        Count = 0;
        _end = 0;
        return column;
    }

    public override void Truncate(int count)
    {
        if (count >= Count) return;
        TruncateValidity(count);
        Count = count;
        _end = _offsets[count];
    }

    private static int[] StartOffsets(int capacity)
    {
        int[] offsets = ArrayPool<int>.Shared.Rent(Math.Max(16, capacity + 1));
        offsets[0] = 0;
        return offsets;
    }

    private void GrowData(int needed)
    {
        byte[] old = _data;
        _data = ArrayPool<byte>.Shared.Rent(
            Math.Max(Math.Max(needed, 64), (int)Math.Min(int.MaxValue - 64, 2L * old.Length)));
        old.AsSpan(0, _end).CopyTo(_data);
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old);
    }

    private void GrowOffsets()
    {
        int[] old = _offsets;
        _offsets = StartOffsets(Math.Max(16, 2 * old.Length));
        old.CopyTo(_offsets, 0);
        if (old.Length > 0) ArrayPool<int>.Shared.Return(old);
    }
}

/// <summary>
/// Builder of a <see cref="ListColumn"/>: append the elements to <see cref="Children"/>, then call
/// <see cref="EndRow"/>.
/// </summary>
public sealed class ListColumnBuilder(ColumnBuilder[] children, int capacity = 16) : ColumnBuilder
{
    private readonly FixedColumnBuilder<int> _ends = new(capacity);

    public ColumnBuilder[] Children { get; } = children;

    public void EndRow()
    {
        _ends.Append(Children[0].Count);
        Count++;
    }

    public override void AppendNull()
    {
        MarkNull(Count);
        EndRow();
    }

    public override void AppendFrom(Column source, int row)
    {
        if (row < 0 || source.IsNull(row))
        {
            AppendNull();
            return;
        }
        var list = (ListColumn)source;
        for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
            for (int c = 0; c < Children.Length; c++) Children[c].AppendFrom(list.Children[c], e);
        EndRow();
    }

    public override Column Build()
    {
        var ends = (FixedColumn<int>)_ends.Build();
        int[] offsets = ArrayPool<int>.Shared.Rent(Count + 1);
        offsets[0] = 0;
        ends.Values.CopyTo(offsets.AsSpan(1));
        ends.Release();
        var column = new ListColumn(offsets, [.. Children.Select(c => c.Build())], Count, TakeValidity());
        Count = 0;
        return column;
    }

    public override void Truncate(int count)
    {
        if (count >= Count) return;
        TruncateValidity(count);
        using var ends = new Ends(_ends);
        int elements = count == 0 ? 0 : ends.Column[count - 1];
        _ends.Truncate(0);
        for (int i = 0; i < count; i++) _ends.Append(ends.Column[i]);
        foreach (ColumnBuilder child in Children) child.Truncate(elements);
        Count = count;
    }

    private readonly struct Ends(FixedColumnBuilder<int> builder) : IDisposable
    {
        public FixedColumn<int> Column { get; } = (FixedColumn<int>)builder.Build();

        public void Dispose() => Column.Release();
    }
}

/// <summary>
/// Builder of a <see cref="RowColumn"/>: append one value to each child, then call <see cref="EndRow"/>.
/// </summary>
public sealed class RowColumnBuilder(ColumnBuilder[] children) : ColumnBuilder
{
    public ColumnBuilder[] Children { get; } = children;

    public void EndRow() => Count++;

    public override void AppendNull()
    {
        MarkNull(Count);
        foreach (ColumnBuilder child in Children) child.AppendNull();
        Count++;
    }

    public override void AppendFrom(Column source, int row)
    {
        if (row < 0 || source.IsNull(row))
        {
            AppendNull();
            return;
        }
        var rows = (RowColumn)source;
        for (int c = 0; c < Children.Length; c++) Children[c].AppendFrom(rows.Children[c], row);
        Count++;
    }

    public override Column Build()
    {
        var column = new RowColumn([.. Children.Select(c => c.Build())], Count, TakeValidity());
        Count = 0;
        return column;
    }

    public override void Truncate(int count)
    {
        if (count >= Count) return;
        TruncateValidity(count);
        foreach (ColumnBuilder child in Children) child.Truncate(count);
        Count = count;
    }
}
