using System.Buffers;
using System.Text;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>JSON_ARRAYAGG: a JSON list in order of arrival, empty of none.</summary>
internal sealed class JsonArrayAggregate(LogicalType argument, LogicalType type, bool keepsNulls)
    : ObjectAggregate<ListState>(type)
{
    private readonly JsonText _text = new(argument);
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
        BytesColumn text = _text.Of(arguments[0]);
        base.Accumulate(rows, [text]);
        text.Release();
    }

    protected override bool Skips(ReadOnlySpan<Column> arguments, int row) => !keepsNulls && arguments[0].IsNull(row);

    protected override ListState Create(int epoch) => new([], epoch);

    protected override void Add(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Values.Add(Text(arguments[0], row).ToArray());

    protected override void Retract(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Retract(Text(arguments[0], row));

    protected override void AppendResult(ListState? state, ColumnBuilder output)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write("["u8);
        foreach (byte[] value in state?.Values ?? [])
        {
            if (_buffer.WrittenCount > 1) _buffer.Write(","u8);
            _buffer.Write(value);
        }
        _buffer.Write("]"u8);
        ((BytesColumnBuilder)output).Append(_buffer.WrittenSpan);
    }

    protected override ListState Read(ReadOnlySpan<byte> input, int epoch) => ListState.Read(input, epoch);

    private static ReadOnlySpan<byte> Text(Column text, int row) =>
        text.IsNull(row) ? "null"u8 : ((BytesColumn)text)[row];
}

/// <summary>The members of a JSON object by name, their values as JSON text.</summary>
internal sealed class MembersState(CowTree<byte[], byte[]> members, int epoch) : SlotObject(epoch)
{
    public CowTree<byte[], byte[]> Members { get; } = members;

    public override SlotObject CopyFor(int epoch) => new MembersState(Members.CopyFor(epoch), epoch);

    public override void Write(ArrayBufferWriter<byte> output)
    {
        foreach ((byte[] name, byte[] value) in Members.InOrder())
        {
            StateBytes.WriteBytes(output, name);
            StateBytes.WriteBytes(output, value);
        }
    }
}

/// <summary>JSON_OBJECTAGG: a JSON object whose members are in the order of their names; a name may come once.</summary>
internal sealed class JsonObjectAggregate(LogicalType argument, LogicalType type, bool keepsNulls)
    : ObjectAggregate<MembersState>(type)
{
    private readonly JsonText _text = new(argument);
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public override void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments)
    {
        BytesColumn text = _text.Of(arguments[1]);
        base.Accumulate(rows, [arguments[0], text]);
        text.Release();
    }

    protected override bool Skips(ReadOnlySpan<Column> arguments, int row) => !keepsNulls && arguments[1].IsNull(row);

    protected override MembersState Create(int epoch) =>
        new(new CowTree<byte[], byte[]>(Utf16Order.Instance, epoch), epoch);

    protected override void Add(MembersState state, ReadOnlySpan<Column> arguments, int row)
    {
        byte[] name = Name(arguments[0], row);
        if (state.Members.TryGet(name, out _))
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Key '{Encoding.UTF8.GetString(name)}' is already present: JSON_OBJECTAGG needs keys that are unique.");
        state.Members.Set(name, arguments[1].IsNull(row) ? "null"u8.ToArray() : ((BytesColumn)arguments[1])[row].ToArray());
    }

    protected override void Retract(MembersState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Members.Remove(Name(arguments[0], row));

    protected override void AppendResult(MembersState? state, ColumnBuilder output)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write("{"u8);
        foreach ((byte[] name, byte[] value) in state?.Members.InOrder() ?? [])
        {
            if (_buffer.WrittenCount > 1) _buffer.Write(","u8);
            JsonText.AppendString(name, _buffer);
            _buffer.Write(":"u8);
            _buffer.Write(value);
        }
        _buffer.Write("}"u8);
        ((BytesColumnBuilder)output).Append(_buffer.WrittenSpan);
    }

    protected override MembersState Read(ReadOnlySpan<byte> input, int epoch)
    {
        MembersState state = Create(epoch);
        while (!input.IsEmpty)
        {
            byte[] name = StateBytes.ReadBytes(ref input).ToArray();
            state.Members.Set(name, StateBytes.ReadBytes(ref input).ToArray());
        }
        return state;
    }

    private static byte[] Name(Column names, int row) => names.IsNull(row)
        ? throw new MillraceException(ErrorKind.Invalid, "A key of JSON_OBJECTAGG is NULL; filter such rows out.")
        : ((BytesColumn)names)[row].ToArray();
}

/// <summary>
/// UTF-8 text in the order of its UTF-16 units, which is Java's: characters beyond the basic plane (lead bytes from
/// F0) come before those from U+E000 to U+FFFF (lead bytes EE and EF).
/// </summary>
internal sealed class Utf16Order : IComparer<byte[]>
{
    public static readonly Utf16Order Instance = new();

    public int Compare(byte[]? x, byte[]? y)
    {
        int common = x.AsSpan().CommonPrefixLength(y);
        if (common == x!.Length || common == y!.Length) return x.Length.CompareTo(y!.Length);
        return Rank(x[common]).CompareTo(Rank(y[common]));
    }

    private static int Rank(byte lead) => lead is 0xEE or 0xEF ? lead + 0x100 : lead;
}
