using System.Buffers;
using System.Runtime.CompilerServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Rows;

/// <summary>
/// One column of kept rows: values by slot, written and freed one by one, and gathered into batches without
/// an allocation a row.
/// </summary>
/// <remarks>What is called for each row and has no loop of its own is compiled optimized from the first
/// call.</remarks>
internal abstract class StoredColumn
{
    /// <summary>Makes room for the slots 0 to <paramref name="slots"/> - 1.</summary>
    public abstract void Grow(int slots);

    public abstract void Set(int slot, Column source, int row);

    /// <summary>Sets the slots to the first rows of the column.</summary>
    public virtual void SetAll(ReadOnlySpan<int> slots, Column source)
    {
        for (int row = 0; row < slots.Length; row++) Set(slots[row], source, row);
    }

    public abstract void Free(int slot);

    public abstract bool IsNull(int slot);

    /// <summary>
    /// NULL equals NULL, and numbers are equal by their bits, as in <see cref="RowCodec"/>.
    /// </summary>
    public abstract bool AreEqual(int slot, Column source, int row);

    /// <summary>A NULL is smaller than any value.</summary>
    public int Compare(int left, int right)
    {
        bool isLeftNull = IsNull(left);
        bool isRightNull = IsNull(right);
        return isLeftNull || isRightNull ? isRightNull.CompareTo(isLeftNull) : CompareValues(left, right);
    }

    /// <summary>
    /// The values there are now, to read on another thread as long as their slots are not set again or freed.
    /// </summary>
    public abstract StoredColumn Share();

    protected abstract int CompareValues(int left, int right);

    /// <summary>The values at the slots as a new column that the caller owns; -1 gives a null.</summary>
    public abstract Column Gather(ReadOnlySpan<int> slots);

    public static StoredColumn Create(LogicalType type) => type.Kind switch
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

    private sealed class Fixed<T> : StoredColumn where T : unmanaged
    {
        private T[] _values = [];
        private bool[] _isNull = [];
        private int _nulls;

        public override void Grow(int slots)
        {
            Array.Resize(ref _values, slots);
            Array.Resize(ref _isNull, slots);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Set(int slot, Column source, int row)
        {
            bool isNull = source.IsNull(row);
            _isNull[slot] = isNull;
            if (isNull) _nulls++;
            else _values[slot] = ((FixedColumn<T>)source)[row];
        }

        public override void SetAll(ReadOnlySpan<int> slots, Column source)
        {
            if (source.MayHaveNulls)
            {
                base.SetAll(slots, source);
                return;
            }
            ReadOnlySpan<T> values = ((FixedColumn<T>)source).Values;
            T[] stored = _values;
            for (int row = 0; row < slots.Length; row++) stored[slots[row]] = values[row];
        }

        public override void Free(int slot)
        {
            if (!_isNull[slot]) return;
            _nulls--;
            _isNull[slot] = false;
        }

        public override bool IsNull(int slot) => _isNull[slot];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool AreEqual(int slot, Column source, int row)
        {
            bool isNull = source.IsNull(row);
            if (isNull || _isNull[slot]) return isNull == _isNull[slot];
            T value = ((FixedColumn<T>)source)[row];
            if (typeof(T) == typeof(double))
                return Unsafe.BitCast<T, long>(value) == Unsafe.BitCast<T, long>(_values[slot]);
            if (typeof(T) == typeof(float))
                return Unsafe.BitCast<T, int>(value) == Unsafe.BitCast<T, int>(_values[slot]);
            return EqualityComparer<T>.Default.Equals(value, _values[slot]);
        }

        public override StoredColumn Share() =>
            new Fixed<T> { _values = _values, _isNull = _isNull, _nulls = _nulls };

        protected override int CompareValues(int left, int right) =>
            Comparer<T>.Default.Compare(_values[left], _values[right]);

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

    private sealed class Bytes : StoredColumn
    {
        private ByteHeap _heap = new();
        private int[] _starts = [];
        private int[] _lengths = [];

        public override void Grow(int slots)
        {
            Array.Resize(ref _starts, slots);
            Array.Resize(ref _lengths, slots);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        public override bool IsNull(int slot) => _lengths[slot] < 0;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override bool AreEqual(int slot, Column source, int row) => source.IsNull(row)
            ? IsNull(slot)
            : !IsNull(slot) && Value(slot).SequenceEqual(((BytesColumn)source)[row]);

        public override StoredColumn Share() =>
            new Bytes { _heap = _heap.Share(), _starts = _starts, _lengths = _lengths };

        protected override int CompareValues(int left, int right) =>
            Value(left).SequenceCompareTo(Value(right));

        private ReadOnlySpan<byte> Value(int slot) => _heap.Get(_starts[slot], _lengths[slot]);

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

    /// <summary>
    /// Arrays, maps and rows: a one-row column a slot. Rare among rows that are kept, so simple.
    /// </summary>
    private sealed class Nested(LogicalType type) : StoredColumn
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

        public override bool IsNull(int slot) => _values[slot]!.IsNull(0);

        public override bool AreEqual(int slot, Column source, int row)
        {
            Column one = source.Gather([row]);
            bool areEqual = Encoded(one).AsSpan().SequenceEqual(Encoded(_values[slot]!));
            one.Release();
            return areEqual;
        }

        public override StoredColumn Share() => new Nested(type) { _values = _values };

        protected override int CompareValues(int left, int right) =>
            Encoded(_values[left]!).AsSpan().SequenceCompareTo(Encoded(_values[right]!));

        private byte[] Encoded(Column column)
        {
            var output = new ArrayBufferWriter<byte>();
            new RowCodec(type).Encode([column], 0, output);
            return output.WrittenSpan.ToArray();
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
