using System.Buffers;
using System.Text;

namespace Millrace.Shared.Columns;

/// <summary>
/// Strings (UTF-8) or binary values: row i is the bytes from offset i to offset i + 1. A null row is empty.
/// </summary>
public sealed class BytesColumn : Column
{
    private int[] _offsets;
    private byte[] _data;

    /// <param name="offsets">
    /// At least count + 1 ascending offsets, the first 0; pooled, owned from now on.
    /// </param>
    /// <param name="data">The bytes; pooled, owned from now on.</param>
    /// <param name="count">Rows.</param>
    /// <param name="validity">A pooled bitmap, owned from now on, or null.</param>
    public BytesColumn(int[] offsets, byte[] data, int count, ulong[]? validity = null)
        : base(count, validity)
    {
        _offsets = offsets;
        _data = data;
    }

    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _offsets[Count]);

    public ReadOnlySpan<byte> this[int row] =>
        _data.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>The text of a row; allocates, so only for messages, sinks of text and tests.</summary>
    public string Text(int row) => Encoding.UTF8.GetString(this[row]);

    public override long SizeBytes => _offsets[Count] + 4L * Count;

    public static BytesColumn Constant(ReadOnlySpan<byte> value, int count)
    {
        var builder = new BytesColumnBuilder(count, value.Length);
        for (int i = 0; i < count; i++) builder.Append(value);
        return (BytesColumn)builder.Build();
    }

    public static BytesColumn Of(params ReadOnlySpan<string?> texts)
    {
        var builder = new BytesColumnBuilder(texts.Length);
        foreach (string? text in texts)
            if (text is null) builder.AppendNull();
            else builder.Append(Encoding.UTF8.GetBytes(text));
        return (BytesColumn)builder.Build();
    }

    public override Column Gather(ReadOnlySpan<int> rows)
    {
        int size = 0;
        foreach (int row in rows)
            if (row >= 0) size = checked(size + _offsets[row + 1] - _offsets[row]);
        int[] offsets = ArrayPool<int>.Shared.Rent(rows.Length + 1);
        byte[] data = ArrayPool<byte>.Shared.Rent(Math.Max(1, size));
        int end = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            offsets[i] = end;
            if (rows[i] < 0) continue;
            ReadOnlySpan<byte> value = this[rows[i]];
            value.CopyTo(data.AsSpan(end));
            end += value.Length;
        }
        offsets[rows.Length] = end;
        return new BytesColumn(offsets, data, rows.Length, NeedsValidity(rows) ? GatherValidity(rows) : null);
    }

    private protected override void Free()
    {
        int[] offsets = _offsets;
        byte[] data = _data;
        _offsets = [];
        _data = [];
        if (offsets.Length > 0) ArrayPool<int>.Shared.Return(offsets);
        if (data.Length > 0) ArrayPool<byte>.Shared.Return(data);
    }
}
