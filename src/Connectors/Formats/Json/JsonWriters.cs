using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Writes the values of one SQL type as JSON, as Flink's JSON format does.</summary>
internal abstract class JsonWriter
{
    /// <summary>Appends a value that is not null.</summary>
    public abstract void Write(Column column, int row, ArrayBufferWriter<byte> output);

    public void WriteNullable(Column column, int row, ArrayBufferWriter<byte> output)
    {
        if (column.IsNull(row)) output.Write("null"u8);
        else Write(column, row, output);
    }

    public static JsonWriter For(LogicalType type, JsonFormatOptions options) => type.Kind switch
    {
        TypeKind.Array => new JsonArrayWriter(For(type.Element!, options)),
        TypeKind.Map => new JsonMapWriter(For(type.Value!, options), options),
        TypeKind.Multiset => new JsonMapWriter(For(LogicalType.Int, options), options),
        TypeKind.Row => new JsonRowWriter(type.Fields, options),
        _ => new JsonScalarWriter(type, options),
    };
}

internal sealed class JsonScalarWriter(LogicalType type, JsonFormatOptions options) : JsonWriter
{
    private readonly byte _separator = options.IsIsoTime ? (byte)'T' : (byte)' ';

    public override void Write(Column column, int row, ArrayBufferWriter<byte> output)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                output.Write(
                    ((FixedColumn<bool>)column)[row] ? "true"u8 : "false"u8);
                break;
            case TypeKind.Char or TypeKind.VarChar:
                JsonText.WriteQuoted(
                    ((BytesColumn)column)[row], output);
                break;
            case TypeKind.Binary or TypeKind.VarBinary:
                WriteBase64(
                    ((BytesColumn)column)[row], output);
                break;
            case TypeKind.Float or TypeKind.Double: WriteFloat(column, row, output); break;
            case TypeKind.Decimal: WriteDecimal(((FixedColumn<Int128>)column)[row], output); break;
            case TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampLtz:
                WriteTime(column, row, output);
                break;
            default: WriteAscii(IntegerOf(column, row).ToString(CultureInfo.InvariantCulture), output); break;
        }
    }

    private void WriteTime(Column column, int row, ArrayBufferWriter<byte> output)
    {
        Span<byte> text = output.GetSpan(64);
        text[0] = (byte)'"';
        int length = 1 + type.Kind switch
        {
            TypeKind.Date => TimeText.WriteDate(((FixedColumn<int>)column)[row], text[1..]),
            TypeKind.Time => TimeText.WriteTime(((FixedColumn<int>)column)[row] * 1_000_000L, text[1..]),
            _ => TimeText.WriteTimestamp(((FixedColumn<long>)column)[row], type, _separator, text[1..]),
        };
        if (type.Kind == TypeKind.TimestampLtz) text[length++] = (byte)'Z';
        text[length++] = (byte)'"';
        output.Advance(length);
    }

    private void WriteDecimal(Int128 unscaled, ArrayBufferWriter<byte> output)
    {
        Span<byte> plain = stackalloc byte[DecimalText.MaxSize];
        ReadOnlySpan<byte> text = plain[..DecimalText.Write(unscaled, type.Scale, plain)];
        output.Write(options.PlainDecimals ? text : JsonDecimals.Canonical(text));
    }

    private static long IntegerOf(Column column, int row) => column switch
    {
        FixedColumn<sbyte> c => c[row],
        FixedColumn<short> c => c[row],
        FixedColumn<int> c => c[row],
        FixedColumn<long> c => c[row],
        _ => throw new MillraceException(ErrorKind.Bug, "A column of no integer type."),
    };

    private static void WriteFloat(Column column, int row, ArrayBufferWriter<byte> output)
    {
        string text = column is FixedColumn<float> single
            ? NumberText.Shortest(single[row]) : NumberText.Shortest(((FixedColumn<double>)column)[row]);
        // JSON has no word for what is no number; Jackson puts it in quotes.
        WriteAscii(text[^1] is 'N' or 'y' ? $"\"{text}\"" : text, output);
    }

    private static void WriteBase64(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        Span<byte> target = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        target[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, target[1..], out _, out int written);
        target[written + 1] = (byte)'"';
        output.Advance(written + 2);
    }

    private static void WriteAscii(string text, ArrayBufferWriter<byte> output) =>
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
}

internal sealed class JsonArrayWriter(JsonWriter element) : JsonWriter
{
    public override void Write(Column column, int row, ArrayBufferWriter<byte> output)
    {
        var list = (ListColumn)column;
        output.Write("["u8);
        for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
        {
            if (e > list.Offsets[row]) output.Write(","u8);
            element.WriteNullable(list.Children[0], e, output);
        }
        output.Write("]"u8);
    }
}

internal sealed class JsonMapWriter(JsonWriter value, JsonFormatOptions options) : JsonWriter
{
    private readonly byte[] _nullKey = Encoding.UTF8.GetBytes(options.NullKeyLiteral);

    public override void Write(Column column, int row, ArrayBufferWriter<byte> output)
    {
        var map = (ListColumn)column;
        bool isFirst = true;
        output.Write("{"u8);
        for (int e = map.Offsets[row]; e < map.Offsets[row + 1]; e++)
        {
            bool isNullKey = map.Children[0].IsNull(e);
            if (isNullKey && options.NullKeys == MapNullKey.Drop) continue;
            if (isNullKey && options.NullKeys == MapNullKey.Fail)
                throw new MillraceException(ErrorKind.Invalid,
                    "A MAP has a NULL key, which JSON cannot hold; "
                    + "set json.map-null-key.mode to DROP or LITERAL.");
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            JsonText.WriteQuoted(isNullKey ? _nullKey : ((BytesColumn)map.Children[0])[e], output);
            output.Write(":"u8);
            value.WriteNullable(map.Children[1], e, output);
        }
        output.Write("}"u8);
    }
}

/// <summary>Writes a ROW, or a whole row of a table, as an object.</summary>
internal sealed class JsonRowWriter : JsonWriter
{
    private readonly byte[][] _names;
    private readonly JsonWriter[] _values;
    private readonly bool _skipsNulls;

    public JsonRowWriter(ImmutableArray<Field> fields, JsonFormatOptions options)
    {
        _names = [.. fields.Select(f => Quoted(f.Name))];
        _values = [.. fields.Select(f => For(f.Type, options))];
        _skipsNulls = options.IgnoresNullFields;
    }

    public override void Write(Column column, int row, ArrayBufferWriter<byte> output) =>
        Write(((RowColumn)column).Children, row, output);

    public void Write(ReadOnlySpan<Column> columns, int row, ArrayBufferWriter<byte> output)
    {
        bool isFirst = true;
        output.Write("{"u8);
        for (int i = 0; i < _names.Length; i++)
        {
            if (_skipsNulls && columns[i].IsNull(row)) continue;
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write(_names[i]);
            output.Write(":"u8);
            _values[i].WriteNullable(columns[i], row, output);
        }
        output.Write("}"u8);
    }

    private static byte[] Quoted(string name)
    {
        var quoted = new ArrayBufferWriter<byte>();
        JsonText.WriteQuoted(Encoding.UTF8.GetBytes(name), quoted);
        return quoted.WrittenSpan.ToArray();
    }
}
