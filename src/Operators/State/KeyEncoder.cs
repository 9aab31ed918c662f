using System.Buffers;
using System.Runtime.CompilerServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>
/// Encodes the keys of a batch as <see cref="RowCodec"/> does, with flat loops a column kind instead of a
/// call a value; nested columns are left to the codec.
/// </summary>
internal sealed class KeyEncoder(IReadOnlyList<LogicalType> types)
{
    private const int MaxVarintBytes = 5;
    private readonly RowCodec _codec = new(types);
    private readonly bool _isFlat = !types.Any(t =>
        t.Kind is TypeKind.Array or TypeKind.Map or TypeKind.Multiset or TypeKind.Row);
    private readonly ArrayBufferWriter<byte> _nested = new();
    private byte[] _bytes = [];
    private int[] _ends = [0];

    public ReadOnlySpan<byte> this[int row] => _bytes.AsSpan(_ends[row], _ends[row + 1] - _ends[row]);

    /// <summary>The keys are there until the next call.</summary>
    public void Encode(ReadOnlySpan<Column> keys, int count)
    {
        if (_ends.Length <= count) _ends = new int[count + 1];
        if (_isFlat) EncodeFlat(keys, count);
        else EncodeNested(keys, count);
    }

    private void EncodeFlat(ReadOnlySpan<Column> keys, int count)
    {
        long most = 0;
        foreach (Column column in keys) most += MostBytes(column, count);
        if (_bytes.Length < most) _bytes = new byte[checked((int)(most + (most / 4)))];
        int end = 0;
        for (int row = 0; row < count; row++)
        {
            foreach (Column column in keys) end = Append(column, row, end);
            _ends[row + 1] = end;
        }
    }

    private static long MostBytes(Column column, int count) => column is BytesColumn bytes
        ? ((1L + MaxVarintBytes) * count) + bytes.Data.Length
        : (1L + Unsafe.SizeOf<Int128>()) * count;

    private int Append(Column column, int row, int end)
    {
        if (column.IsNull(row))
        {
            _bytes[end] = 0;
            return end + 1;
        }
        _bytes[end++] = 1;
        return column switch
        {
            BytesColumn c => AppendBytes(c[row], end),
            FixedColumn<long> c => AppendFixed(c[row], end),
            FixedColumn<int> c => AppendFixed(c[row], end),
            FixedColumn<bool> c => AppendFixed(c[row], end),
            FixedColumn<sbyte> c => AppendFixed(c[row], end),
            FixedColumn<short> c => AppendFixed(c[row], end),
            FixedColumn<float> c => AppendFixed(c[row], end),
            FixedColumn<double> c => AppendFixed(c[row], end),
            _ => AppendFixed(((FixedColumn<Int128>)column)[row], end),
        };
    }

    private int AppendFixed<T>(T value, int end) where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref _bytes[end], value);
        return end + Unsafe.SizeOf<T>();
    }

    private int AppendBytes(ReadOnlySpan<byte> value, int end)
    {
        uint length = (uint)value.Length;
        for (; length >= 0x80; length >>= 7) _bytes[end++] = (byte)(length | 0x80);
        _bytes[end++] = (byte)length;
        value.CopyTo(_bytes.AsSpan(end));
        return end + value.Length;
    }

    private void EncodeNested(ReadOnlySpan<Column> keys, int count)
    {
        _nested.ResetWrittenCount();
        for (int row = 0; row < count; row++)
        {
            _codec.Encode(keys, row, _nested);
            _ends[row + 1] = _nested.WrittenCount;
        }
        if (_bytes.Length < _nested.WrittenCount) _bytes = new byte[_nested.WrittenCount];
        _nested.WrittenSpan.CopyTo(_bytes);
    }
}
