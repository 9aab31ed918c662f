using System.Buffers;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Lookups;

/// <summary>
/// One column of the cached rows: values by slot, written and freed one by one, and gathered into batches
/// without an allocation a row.
/// </summary>
internal abstract class CachedColumn
{
    /// <summary>Makes room for the slots 0 to <paramref name="slots"/> - 1.</summary>
    public abstract void Grow(int slots);

    public abstract void Set(int slot, Column source, int row);

    public abstract void Free(int slot);

    /// <summary>The values at the slots as a new column that the caller owns; -1 gives a null.</summary>
    public abstract Column Gather(ReadOnlySpan<int> slots);

    public static CachedColumn Create(LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => new Fixed<bool>(),
        TypeKind.Null or TypeKind.TinyInt => new Fixed<sbyte>(),
        TypeKind.SmallInt => new Fixed<short>(),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth => new Fixed<int>(),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new Fixed<long>(),
        TypeKind.Float => new Fixed<float>(),
        TypeKind.Double => new Fixed<double>(),
        TypeKind.Decimal => new Fixed<Int128>(),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Bytes(),
        _ => new Nested(type),
    };

    private sealed class Fixed<T> : CachedColumn where T : unmanaged
    {
        private T[] _values = [];
        private bool[] _isNull = [];
        private int _nulls;

        public override void Grow(int slots)
        {
            Array.Resize(ref _values, slots);
            Array.Resize(ref _isNull, slots);
        }

        public override void Set(int slot, Column source, int row)
        {
            bool isNull = source.IsNull(row);
            _isNull[slot] = isNull;
            if (isNull) _nulls++;
            else _values[slot] = ((FixedColumn<T>)source)[row];
        }

        public override void Free(int slot)
        {
            if (_isNull[slot]) _nulls--;
            _isNull[slot] = false;
        }

        public override Column Gather(ReadOnlySpan<int> slots)
        {
            T[] gathered = FixedColumn<T>.Rent(slots.Length);
            T[] values = _values;
            if (_nulls == 0 && !slots.Contains(-1))
            {
                for (int i = 0; i < slots.Length; i++) gathered[i] = values[slots[i]];
                return new FixedColumn<T>(gathered, slots.Length);
            }
            ulong[]? validity = null;
            for (int i = 0; i < slots.Length; i++)
            {
                int slot = slots[i];
                bool isNull = slot < 0 || _isNull[slot];
                gathered[i] = isNull ? default : values[slot];
                if (isNull) Validity.SetNull(validity ??= Validity.Rent(slots.Length), i);
            }
            return new FixedColumn<T>(gathered, slots.Length, validity);
        }
    }

    private sealed class Bytes : CachedColumn
    {
        private readonly ByteHeap _heap = new();
        private int[] _starts = [];
        private int[] _lengths = [];

        public override void Grow(int slots)
        {
            Array.Resize(ref _starts, slots);
            Array.Resize(ref _lengths, slots);
        }

        public override void Set(int slot, Column source, int row)
        {
            bool isNull = source.IsNull(row);
            ReadOnlySpan<byte> value = isNull ? default : ((BytesColumn)source)[row];
            _starts[slot] = _heap.Add(value);
            _lengths[slot] = isNull ? -1 : value.Length;
        }

        public override void Free(int slot)
        {
            if (_lengths[slot] > 0) _heap.Free(_starts[slot], _lengths[slot]);
            _lengths[slot] = 0;
        }

        public override Column Gather(ReadOnlySpan<int> slots)
        {
            int[] offsets = ArrayPool<int>.Shared.Rent(slots.Length + 1);
            int end = 0;
            for (int i = 0; i < slots.Length; i++)
            {
                offsets[i] = end;
                if (slots[i] >= 0) end = checked(end + Math.Max(0, _lengths[slots[i]]));
            }
            offsets[slots.Length] = end;
            byte[] data = ArrayPool<byte>.Shared.Rent(Math.Max(1, end));
            ulong[]? validity = null;
            for (int i = 0; i < slots.Length; i++)
            {
                int slot = slots[i];
                int length = slot < 0 ? -1 : _lengths[slot];
                if (length < 0) Validity.SetNull(validity ??= Validity.Rent(slots.Length), i);
                else _heap.Get(_starts[slot], length).CopyTo(data.AsSpan(offsets[i]));
            }
            return new BytesColumn(offsets, data, slots.Length, validity);
        }
    }

    /// <summary>Arrays, maps and rows: a one-row column a slot. Rare in dimension tables, so simple.</summary>
    private sealed class Nested(LogicalType type) : CachedColumn
    {
        private readonly ColumnBuilder _builder = ColumnBuilder.Create(type);
        private Column?[] _values = [];

        public override void Grow(int slots) => Array.Resize(ref _values, slots);

        public override void Set(int slot, Column source, int row) => _values[slot] = source.Gather([row]);

        public override void Free(int slot)
        {
            _values[slot]?.Release();
            _values[slot] = null;
        }

        public override Column Gather(ReadOnlySpan<int> slots)
        {
            foreach (int slot in slots)
                if (slot < 0) _builder.AppendNull();
                else _builder.AppendFrom(_values[slot]!, 0);
            return _builder.Build();
        }
    }
}
