using System.Buffers;
using System.Text;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// Values in order of arrival. A result takes all of them, so that finding one by looking through costs no
/// more.
/// </summary>
internal sealed class ListState(List<byte[]> values, int epoch) : AggregateObject(epoch)
{
    public List<byte[]> Values { get; } = values;

    /// <summary>Takes the first equal value out; nothing where there is none.</summary>
    public void Retract(ReadOnlySpan<byte> value)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            if (!value.SequenceEqual(Values[i])) continue;
            Values.RemoveAt(i);
            return;
        }
    }

    public override SlotObject CopyFor(int epoch) => new ListState([.. Values], epoch);

    public override void Write(ArrayBufferWriter<byte> output)
    {
        foreach (byte[] value in Values) StateBytes.WriteBytes(output, value);
    }

    public static ListState Read(ReadOnlySpan<byte> input, int epoch)
    {
        var values = new List<byte[]>();
        while (!input.IsEmpty) values.Add(StateBytes.ReadBytes(ref input).ToArray());
        return new ListState(values, epoch);
    }
}

/// <summary>LISTAGG: strings in order of arrival with a separator between; NULL of none.</summary>
internal sealed class ListAggregate(LogicalType type, string separator) : ObjectAggregate<ListState>(type)
{
    private readonly byte[] _separator = Encoding.UTF8.GetBytes(separator);

    protected override ListState Create(int epoch) => new([], epoch);

    protected override void Add(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Values.Add(((BytesColumn)arguments[0])[row].ToArray());

    protected override void Retract(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Retract(((BytesColumn)arguments[0])[row]);

    protected override void AppendResult(ListState? state, ColumnBuilder output)
    {
        if (state is null || state.Values.Count == 0)
        {
            output.AppendNull();
            return;
        }
        int size = state.Values.Sum(v => v.Length) + (_separator.Length * (state.Values.Count - 1));
        var strings = (BytesColumnBuilder)output;
        Span<byte> rest = strings.Reserve(size);
        for (int i = 0; i < state.Values.Count; i++)
        {
            if (i > 0) rest = Append(_separator, rest);
            rest = Append(state.Values[i], rest);
        }
        strings.Commit(size);
    }

    protected override ListState Read(ReadOnlySpan<byte> input, int epoch) => ListState.Read(input, epoch);

    private static Span<byte> Append(byte[] value, Span<byte> rest)
    {
        value.CopyTo(rest);
        return rest[value.Length..];
    }
}

/// <summary>
/// ARRAY_AGG: values in order of arrival, NULLs among them unless they are ignored; NULL of none.
/// </summary>
internal sealed class ArrayAggregate(LogicalType argument, LogicalType type, bool ignoresNulls)
    : ObjectAggregate<ListState>(type)
{
    private readonly ValueBytes _values = new(argument);

    protected override bool Skips(ReadOnlySpan<Column> arguments, int row) =>
        ignoresNulls && arguments[0].IsNull(row);

    protected override ListState Create(int epoch) => new([], epoch);

    protected override void Add(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Values.Add(_values.Encode(arguments[0], row));

    protected override void Retract(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Retract(_values.Encode(arguments[0], row));

    protected override void AppendResult(ListState? state, ColumnBuilder output)
    {
        if (state is null || state.Values.Count == 0)
        {
            output.AppendNull();
            return;
        }
        var list = (ListColumnBuilder)output;
        foreach (byte[] value in state.Values) _values.Decode(value, list.Children[0]);
        list.EndRow();
    }

    protected override ListState Read(ReadOnlySpan<byte> input, int epoch) => ListState.Read(input, epoch);
}

/// <summary>COLLECT: a multiset of the values that are not NULL, empty of none.</summary>
internal sealed class CollectAggregate(LogicalType argument, LogicalType type)
    : ObjectAggregate<OrderedCounts<byte[]>>(type)
{
    private static readonly OrderedStrings _order = new();
    private readonly ValueBytes _values = new(argument);

    protected override OrderedCounts<byte[]> Create(int epoch) => new(_order, epoch);

    protected override void Add(OrderedCounts<byte[]> state, ReadOnlySpan<Column> arguments, int row) =>
        state.Change(_values.Encode(arguments[0], row), 1);

    protected override void Retract(OrderedCounts<byte[]> state, ReadOnlySpan<Column> arguments, int row) =>
        state.Change(_values.Encode(arguments[0], row), -1);

    protected override void AppendResult(OrderedCounts<byte[]>? state, ColumnBuilder output)
    {
        var list = (ListColumnBuilder)output;
        foreach ((byte[] value, long count) in state?.Entries ?? [])
        {
            if (count <= 0) continue;
            _values.Decode(value, list.Children[0]);
            ((FixedColumnBuilder<int>)list.Children[1]).Append(checked((int)count));
        }
        list.EndRow();
    }

    protected override OrderedCounts<byte[]> Read(ReadOnlySpan<byte> input, int epoch)
    {
        OrderedCounts<byte[]> state = Create(epoch);
        state.Read(input);
        return state;
    }
}
