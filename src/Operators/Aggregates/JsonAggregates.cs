using System.Buffers;
using System.Text;
using Millrace.Operators.Functions;
using Millrace.Operators.Functions.Json;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>JSON_ARRAYAGG: a JSON list in order of arrival, empty of none.</summary>
internal sealed class JsonArrayAggregate(LogicalType argument, LogicalType type, bool keepsNulls)
    : ObjectAggregate<ListState>(type)
{
    private readonly JsonPrinter _printer = JsonPrinter.TryFor(argument)!;
    private readonly TextBuffer _text = new();

    protected override bool Skips(ReadOnlySpan<Column> arguments, int row) =>
        !keepsNulls && arguments[0].IsNull(row);

    protected override ListState Create(int epoch) => new([], epoch);

    protected override void Add(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Values.Add(Text(arguments[0], row).ToArray());

    protected override void Retract(ListState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Retract(Text(arguments[0], row));

    protected override void AppendResult(ListState? state, ColumnBuilder output)
    {
        _text.Clear();
        _text.Append("["u8);
        foreach (byte[] value in state?.Values ?? [])
        {
            if (_text.Written.Length > 1) _text.Append(","u8);
            _text.Append(value);
        }
        _text.Append("]"u8);
        ((BytesColumnBuilder)output).Append(_text.Written);
    }

    protected override ListState Read(ReadOnlySpan<byte> input, int epoch) => ListState.Read(input, epoch);

    private ReadOnlySpan<byte> Text(Column values, int row)
    {
        if (values.IsNull(row)) return "null"u8;
        _text.Clear();
        _printer.Append(values, row, _text);
        return _text.Written;
    }
}

/// <summary>The members of a JSON object as JSON text, by name.</summary>
internal sealed class MembersState(CowTree<byte[], byte[]> members, int epoch) : AggregateObject(epoch)
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

/// <summary>
/// JSON_OBJECTAGG: a JSON object whose members are in the order of their names; a name may come once.
/// </summary>
internal sealed class JsonObjectAggregate(LogicalType argument, LogicalType type, bool keepsNulls)
    : ObjectAggregate<MembersState>(type)
{
    private readonly JsonPrinter _namePrinter = JsonPrinter.TryFor(LogicalType.String)!;
    private readonly JsonPrinter _printer = JsonPrinter.TryFor(argument)!;
    private readonly TextBuffer _text = new();

    protected override bool Skips(ReadOnlySpan<Column> arguments, int row) =>
        !keepsNulls && arguments[1].IsNull(row);

    protected override MembersState Create(int epoch) =>
        new(new CowTree<byte[], byte[]>(Utf16Order.Instance, epoch), epoch);

    protected override void Add(MembersState state, ReadOnlySpan<Column> arguments, int row)
    {
        byte[] name = Name(arguments[0], row);
        if (state.Members.TryGet(name, out _))
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Key '{Encoding.UTF8.GetString(name)}' is already present: JSON_OBJECTAGG needs keys that "
                + "are unique.");
        _text.Clear();
        _namePrinter.Append(arguments[0], row, _text);
        _text.Append(":"u8);
        if (arguments[1].IsNull(row)) _text.Append("null"u8);
        else _printer.Append(arguments[1], row, _text);
        state.Members.Set(name, _text.Written.ToArray());
    }

    protected override void Retract(MembersState state, ReadOnlySpan<Column> arguments, int row) =>
        state.Members.Remove(Name(arguments[0], row));

    protected override void AppendResult(MembersState? state, ColumnBuilder output)
    {
        _text.Clear();
        _text.Append("{"u8);
        foreach ((_, byte[] member) in state?.Members.InOrder() ?? [])
        {
            if (_text.Written.Length > 1) _text.Append(","u8);
            _text.Append(member);
        }
        _text.Append("}"u8);
        ((BytesColumnBuilder)output).Append(_text.Written);
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
        ? throw new MillraceException(
            ErrorKind.Invalid, "A key of JSON_OBJECTAGG is NULL; filter such rows out.")
        : ((BytesColumn)names)[row].ToArray();
}

/// <summary>
/// UTF-8 text in the order of its UTF-16 units, which is Java's: characters beyond the basic plane (lead
/// bytes from F0) come before those from U+E000 to U+FFFF (lead bytes EE and EF).
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
