using System.Buffers;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>The values of a group in order of arrival, to be found by value too.</summary>
internal sealed class ArrivalState : AggregateObject
{
    private readonly CowTree<long, byte[]> _byArrival;
    private readonly CowTree<(byte[] Value, long Arrival), bool> _byValue;
    private long _next;

    public ArrivalState(int epoch) : base(epoch)
    {
        _byArrival = new CowTree<long, byte[]>(Comparer<long>.Default, epoch);
        _byValue = new CowTree<(byte[], long), bool>(ByValueThenArrival.Instance, epoch);
    }

    private ArrivalState(ArrivalState other, int epoch) : base(epoch)
    {
        _byArrival = other._byArrival.CopyFor(epoch);
        _byValue = other._byValue.CopyFor(epoch);
        _next = other._next;
    }

    public void Add(byte[] value)
    {
        _byArrival.Set(_next, value);
        _byValue.Set((value, _next), true);
        _next++;
    }

    /// <summary>Takes back the earliest equal value; nothing where there is none.</summary>
    public void Retract(byte[] value)
    {
        if (!_byValue.TryCeiling((value, 0), out (byte[] Value, long Arrival) found)
            || !value.AsSpan().SequenceEqual(found.Value)) return;
        _byValue.Remove(found);
        _byArrival.Remove(found.Arrival);
    }

    public bool TryEnd(bool isLast, out byte[]? value) => _byArrival.TryEnd(isLast, out _, out value);

    public override SlotObject CopyFor(int epoch) => new ArrivalState(this, epoch);

    public override void Write(ArrayBufferWriter<byte> output)
    {
        foreach ((_, byte[] value) in _byArrival.InOrder()) StateBytes.WriteBytes(output, value);
    }

    public static ArrivalState Read(ReadOnlySpan<byte> input, int epoch)
    {
        var state = new ArrivalState(epoch);
        while (!input.IsEmpty) state.Add(StateBytes.ReadBytes(ref input).ToArray());
        return state;
    }

    private sealed class ByValueThenArrival : IComparer<(byte[] Value, long Arrival)>
    {
        public static readonly ByValueThenArrival Instance = new();

        public int Compare((byte[] Value, long Arrival) x, (byte[] Value, long Arrival) y)
        {
            int order = x.Value.AsSpan().SequenceCompareTo(y.Value);
            return order != 0 ? order : x.Arrival.CompareTo(y.Arrival);
        }
    }
}

/// <summary>
/// FIRST_VALUE and LAST_VALUE over a changelog, in order of arrival: a retraction takes the earliest equal
/// value, an update arrives last.
/// </summary>
internal sealed class RetractableArrival(LogicalType argument, LogicalType type, bool isLast)
    : ObjectAggregate<ArrivalState>(type)
{
    private readonly ValueBytes _values = new(argument);

    protected override ArrivalState Create(int epoch) => new(epoch);

    protected override void Add(ArrivalState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Add(_values.Encode(arguments[0], row));

    protected override void Retract(ArrivalState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Retract(_values.Encode(arguments[0], row));

    protected override void AppendResult(ArrivalState? state, ColumnBuilder output)
    {
        if (state is not null && state.TryEnd(isLast, out byte[]? value)) _values.Decode(value, output);
        else output.AppendNull();
    }

    protected override ArrivalState Read(ReadOnlySpan<byte> input, int epoch) =>
        ArrivalState.Read(input, epoch);
}
