using System.Buffers;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>One value of any width, encoded, and how many came.</summary>
internal sealed class BytesState(int epoch) : AggregateObject(epoch)
{
    public byte[] Value { get; set; } = [];

    public long Count { get; set; }

    public override SlotObject CopyFor(int epoch) => new BytesState(epoch) { Value = Value, Count = Count };

    public override void Write(ArrayBufferWriter<byte> output)
    {
        StateBytes.WriteInt64(output, Count);
        output.Write(Value);
    }

    public static BytesState Read(ReadOnlySpan<byte> input, int epoch)
    {
        long count = StateBytes.ReadInt64(ref input);
        return new BytesState(epoch) { Count = count, Value = input.ToArray() };
    }
}

/// <summary>MIN and MAX of strings by their bytes, over inserts only.</summary>
internal sealed class ExtremeOfStrings(LogicalType type, bool isMax) : ObjectAggregate<BytesState>(type)
{
    protected override BytesState Create(int epoch) => new(epoch);

    protected override void Add(BytesState state, ReadOnlySpan<Column> arguments, int row)
    {
        ReadOnlySpan<byte> value = ((BytesColumn)arguments[0])[row];
        int order = value.SequenceCompareTo(state.Value);
        if (state.Count++ == 0 || (isMax ? order > 0 : order < 0)) state.Value = value.ToArray();
    }

    protected override void Retract(BytesState state, ReadOnlySpan<Column> arguments, int row) =>
        throw new MillraceException(ErrorKind.Bug, "An insert-only MIN or MAX was given a retraction.");

    protected override void AppendResult(BytesState? state, ColumnBuilder output)
    {
        if (state is null) output.AppendNull();
        else ((BytesColumnBuilder)output).Append(state.Value);
    }

    protected override BytesState Read(ReadOnlySpan<byte> input, int epoch) => BytesState.Read(input, epoch);
}

/// <summary>
/// FIRST_VALUE, LAST_VALUE and SINGLE_VALUE of values of any width, over inserts only (but SINGLE_VALUE).
/// </summary>
internal sealed class ArrivalOfValues(LogicalType argument, LogicalType type, ArrivalKind kind)
    : ObjectAggregate<BytesState>(type)
{
    private readonly ValueBytes _values = new(argument);

    protected override BytesState Create(int epoch) => new(epoch);

    protected override void Add(BytesState state, ReadOnlySpan<Column> arguments, int row)
    {
        if (state.Count++ == 0 || kind == ArrivalKind.Last) state.Value = _values.Encode(arguments[0], row);
    }

    protected override void Retract(BytesState state, ReadOnlySpan<Column> arguments, int row)
    {
        if (kind != ArrivalKind.Single)
            throw new MillraceException(ErrorKind.Bug, "An insert-only FIRST_VALUE was given a retraction.");
        state.Count--;
    }

    protected override void AppendResult(BytesState? state, ColumnBuilder output)
    {
        if (kind == ArrivalKind.Single && state is { Count: > 1 }) throw SingleValue.MoreThanOne();
        if (state is null || state.Count <= 0) output.AppendNull();
        else _values.Decode(state.Value, output);
    }

    protected override BytesState Read(ReadOnlySpan<byte> input, int epoch) => BytesState.Read(input, epoch);
}

/// <summary>Single values as bytes, equal where the values are, and back.</summary>
internal sealed class ValueBytes(LogicalType type)
{
    private readonly RowCodec _codec = new(type);
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] Encode(Column column, int row)
    {
        _buffer.ResetWrittenCount();
        _codec.Encode([column], row, _buffer);
        return _buffer.WrittenSpan.ToArray();
    }

    public void Decode(ReadOnlySpan<byte> value, ColumnBuilder output) => _codec.Decode(value, [output]);
}
