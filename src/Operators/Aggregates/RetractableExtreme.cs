using System.Buffers;
using System.Numerics;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The values of a group in order with their counts. A count may be below zero where a value was taken back
/// before it came; such a value is no candidate.
/// </summary>
internal sealed class OrderedCounts<TKey>(OrderedValues<TKey> values, CowTree<TKey, long> counts, int epoch)
    : AggregateObject(epoch)
{
    private readonly CowTree<TKey, long> _counts = counts;

    public OrderedCounts(OrderedValues<TKey> values, int epoch)
        : this(values, new CowTree<TKey, long>(values.Order, epoch), epoch)
    {
    }

    public IEnumerable<KeyValuePair<TKey, long>> Entries => _counts.InOrder();

    public void Change(TKey key, long by)
    {
        _counts.TryGet(key, out long count);
        if (count + by == 0) _counts.Remove(key);
        else _counts.Set(key, count + by);
    }

    /// <summary>The first value whose count is above zero, or the last.</summary>
    public bool TryEnd(bool isLast, out TKey? key)
    {
        if (_counts.TryEnd(isLast, out key, out long count) && count > 0) return true;
        IEnumerable<TKey> candidates = _counts.InOrder().Where(e => e.Value > 0).Select(e => e.Key);
        foreach (TKey candidate in isLast ? candidates.Reverse() : candidates)
        {
            key = candidate;
            return true;
        }
        return false;
    }

    public override SlotObject CopyFor(int epoch) =>
        new OrderedCounts<TKey>(values, _counts.CopyFor(epoch), epoch);

    public override void Write(ArrayBufferWriter<byte> output)
    {
        foreach ((TKey key, long count) in _counts.InOrder())
        {
            StateBytes.WriteInt64(output, count);
            values.Write(key, output);
        }
    }

    public void Read(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            long count = StateBytes.ReadInt64(ref input);
            _counts.Set(values.Read(ref input), count);
        }
    }
}

/// <summary>MIN and MAX over a changelog: when the extreme is retracted the next one is at hand.</summary>
internal sealed class RetractableExtreme<TKey>(OrderedValues<TKey> values, LogicalType type, bool isMax)
    : ObjectAggregate<OrderedCounts<TKey>>(type)
{
    protected override OrderedCounts<TKey> Create(int epoch) => new(values, epoch);

    protected override void Add(OrderedCounts<TKey> state, ReadOnlySpan<Column> arguments, int row) =>
        state.Change(values.KeyOf(arguments[0], row), 1);

    protected override void Retract(OrderedCounts<TKey> state, ReadOnlySpan<Column> arguments, int row) =>
        state.Change(values.KeyOf(arguments[0], row), -1);

    protected override void AppendResult(OrderedCounts<TKey>? state, ColumnBuilder output)
    {
        if (state is not null && state.TryEnd(isMax, out TKey? key)) values.Append(key!, output);
        else output.AppendNull();
    }

    protected override OrderedCounts<TKey> Read(ReadOnlySpan<byte> input, int epoch)
    {
        OrderedCounts<TKey> state = Create(epoch);
        state.Read(input);
        return state;
    }
}

/// <summary>Values as keys that order as the values do.</summary>
internal abstract class OrderedValues<TKey>
{
    public abstract IComparer<TKey> Order { get; }

    public abstract TKey KeyOf(Column column, int row);

    public abstract void Append(TKey key, ColumnBuilder output);

    public abstract void Write(TKey key, ArrayBufferWriter<byte> output);

    public abstract TKey Read(ref ReadOnlySpan<byte> input);
}

/// <summary>Strings by their bytes.</summary>
internal sealed class OrderedStrings : OrderedValues<byte[]>
{
    public override IComparer<byte[]> Order => BytesOrder.Instance;

    public override byte[] KeyOf(Column column, int row) => ((BytesColumn)column)[row].ToArray();

    public override void Append(byte[] key, ColumnBuilder output) => ((BytesColumnBuilder)output).Append(key);

    public override void Write(byte[] key, ArrayBufferWriter<byte> output) =>
        StateBytes.WriteBytes(output, key);

    public override byte[] Read(ref ReadOnlySpan<byte> input) => StateBytes.ReadBytes(ref input).ToArray();
}

/// <summary>
/// Values of fixed width as 128-bit numbers. Floating point in the order of Java's compare: -0.0 before 0.0,
/// NaN last.
/// </summary>
internal sealed class OrderedNumbers(TypeKind kind) : OrderedValues<Int128>
{
    public override IComparer<Int128> Order => Comparer<Int128>.Default;

    public override Int128 KeyOf(Column column, int row) => column switch
    {
        FixedColumn<long> c => c[row],
        FixedColumn<int> c => c[row],
        FixedColumn<bool> c => c[row] ? 1 : 0,
        FixedColumn<sbyte> c => c[row],
        FixedColumn<short> c => c[row],
        FixedColumn<float> c =>
            OrderOf(BitConverter.SingleToInt32Bits(float.IsNaN(c[row]) ? FloatNaN : c[row])),
        FixedColumn<double> c =>
            OrderOf(BitConverter.DoubleToInt64Bits(double.IsNaN(c[row]) ? DoubleNaN : c[row])),
        FixedColumn<Int128> c => c[row],
        _ => throw new MillraceException(ErrorKind.Bug, $"No order for {column.GetType().Name}."),
    };

    public override void Append(Int128 key, ColumnBuilder output)
    {
        switch (output)
        {
            case FixedColumnBuilder<long> b: b.Append((long)key); break;
            case FixedColumnBuilder<int> b: b.Append((int)key); break;
            case FixedColumnBuilder<bool> b: b.Append(key != 0); break;
            case FixedColumnBuilder<sbyte> b: b.Append((sbyte)key); break;
            case FixedColumnBuilder<short> b: b.Append((short)key); break;
            case FixedColumnBuilder<float> b:
                b.Append(BitConverter.Int32BitsToSingle(OrderOf((int)key)));
                break;
            case FixedColumnBuilder<double> b:
                b.Append(BitConverter.Int64BitsToDouble(OrderOf((long)key)));
                break;
            case FixedColumnBuilder<Int128> b: b.Append(key); break;
            default: throw new MillraceException(ErrorKind.Bug, $"No order for values of type {kind}.");
        }
    }

    public override void Write(Int128 key, ArrayBufferWriter<byte> output)
    {
        StateBytes.WriteInt64(output, (long)(key >> 64));
        StateBytes.WriteInt64(output, unchecked((long)key));
    }

    public override Int128 Read(ref ReadOnlySpan<byte> input)
    {
        long upper = StateBytes.ReadInt64(ref input);
        return new Int128(unchecked((ulong)upper), unchecked((ulong)StateBytes.ReadInt64(ref input)));
    }

    // The positive NaN: .NET's own has the sign bit set and would come first.
    private static float FloatNaN => BitConverter.Int32BitsToSingle(0x7FC00000);

    private static double DoubleNaN => BitConverter.Int64BitsToDouble(0x7FF8000000000000);

    /// <summary>Bits of a floating-point number to an integer of the same order, and back.</summary>
    private static T OrderOf<T>(T bits) where T : IBinaryInteger<T>, IMinMaxValue<T> =>
        T.IsNegative(bits) ? bits ^ T.MaxValue : bits;
}
