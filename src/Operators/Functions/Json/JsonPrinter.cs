using System.Buffers.Text;
using System.Text;
using Millrace.Operators.Functions.Conversion;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// Prints values of one SQL type as JSON: members and keys by name, times in ISO form, bytes as Base64.
/// </summary>
internal abstract class JsonPrinter
{
    /// <summary>Appends the value of a row that is not NULL.</summary>
    protected abstract void AppendValue(Column column, int row, TextBuffer output);

    /// <summary>Appends the value of a row, <c>null</c> for NULL.</summary>
    public void Append(Column column, int row, TextBuffer output)
    {
        if (column.IsNull(row)) output.Append("null"u8);
        else AppendValue(column, row, output);
    }

    /// <summary>Null for a type that JSON functions do not take.</summary>
    public static JsonPrinter? TryFor(LogicalType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Null or TypeKind.Boolean: return new Word();
            case >= TypeKind.TinyInt and <= TypeKind.BigInt or TypeKind.Decimal:
                return new Number(type, false);
            case TypeKind.Float or TypeKind.Double: return new Number(type, true);
            case TypeKind.Char or TypeKind.VarChar: return new Text();
            case TypeKind.Binary or TypeKind.VarBinary: return new Bytes();
            case TypeKind.Timestamp or TypeKind.TimestampLtz: return new Time(type);
            case TypeKind.Array: return TryFor(type.Element!) is { } element ? new List(element) : null;
            case TypeKind.Map when type.Element!.IsCharacter:
                return TryFor(type.Value!) is { } value ? new Map(value) : null;
            case TypeKind.Row: return ForRow(type);
            default: return null;
        }
    }

    private static Row? ForRow(LogicalType type)
    {
        var fields = new (string Name, int Index, JsonPrinter Printer)[type.Fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            if (TryFor(type.Fields[i].Type) is not { } printer) return null;
            fields[i] = (type.Fields[i].Name, i, printer);
        }
        return new Row([.. fields.OrderBy(f => f.Name, StringComparer.Ordinal)]);
    }

    private sealed class Word : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output) =>
            output.Append(column is FixedColumn<bool> truth && truth[row] ? "true"u8 : "false"u8);
    }

    /// <summary>
    /// Numbers as CAST prints them; approximate ones as the BigDecimal of these digits, no number in quotes.
    /// </summary>
    private sealed class Number(LogicalType type, bool isApproximate) : JsonPrinter
    {
        private readonly ValueWriter _writer = ValueWriter.For(type, Zone.Utc);
        private readonly TextBuffer _digits = new();

        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            if (!isApproximate)
            {
                _writer.Write(column, row, output);
                return;
            }
            _digits.Clear();
            _writer.Write(column, row, _digits);
            bool isFinite = _digits.Written.IndexOfAny("NI"u8) < 0;
            if (isFinite) JsonNumbers.AppendDecimal(_digits.Written, output);
            else JsonStrings.AppendQuoted(_digits.Written, output);
        }
    }

    private sealed class Text : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output) =>
            JsonStrings.AppendQuoted(((BytesColumn)column)[row], output);
    }

    private sealed class Bytes : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            ReadOnlySpan<byte> bytes = ((BytesColumn)column)[row];
            output.Append("\""u8);
            Base64.EncodeToUtf8(
                bytes, output.Room(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int size);
            output.Advance(size);
            output.Append("\""u8);
        }
    }

    /// <summary>2024-01-01T00:00:00.5Z: no more fraction digits than needed, a Z for instants.</summary>
    private sealed class Time(LogicalType type) : JsonPrinter
    {
        private readonly TextBuffer _text = new();

        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            _text.Clear();
            LogicalType local = LogicalType.Timestamp(type.Precision);
            _text.Advance(TimeText.WriteTimestamp(
                ((FixedColumn<long>)column)[row], local, _text.Room(TimeText.MaxSize)));
            ReadOnlySpan<byte> text = _text.Written;
            if (text.IndexOf((byte)'.') >= 0) text = text.TrimEnd((byte)'0').TrimEnd((byte)'.');
            int blank = text.IndexOf((byte)' ');
            output.Append("\""u8);
            output.Append(text[..blank]);
            output.Append("T"u8);
            output.Append(text[(blank + 1)..]);
            output.Append(type.Kind == TypeKind.TimestampLtz ? "Z\""u8 : "\""u8);
        }
    }

    private sealed class List(JsonPrinter element) : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            var list = (ListColumn)column;
            output.Append("["u8);
            for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
            {
                if (e > list.Offsets[row]) output.Append(","u8);
                element.Append(list.Children[0], e, output);
            }
            output.Append("]"u8);
        }
    }

    private sealed class Map(JsonPrinter value) : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            var list = (ListColumn)column;
            var keys = (BytesColumn)list.Children[0];
            IEnumerable<int> entries = Enumerable.Range(list.Offsets[row], list.Length(row))
                .OrderBy(e => Encoding.UTF8.GetString(keys[e]), StringComparer.Ordinal);
            output.Append("{"u8);
            bool isFirst = true;
            foreach (int entry in entries)
            {
                if (!isFirst) output.Append(","u8);
                isFirst = false;
                JsonStrings.AppendQuoted(keys[entry], output);
                output.Append(":"u8);
                value.Append(list.Children[1], entry, output);
            }
            output.Append("}"u8);
        }
    }

    private sealed class Row((string Name, int Index, JsonPrinter Printer)[] fields) : JsonPrinter
    {
        protected override void AppendValue(Column column, int row, TextBuffer output)
        {
            output.Append("{"u8);
            for (int i = 0; i < fields.Length; i++)
            {
                if (i > 0) output.Append(","u8);
                JsonStrings.AppendQuoted(Encoding.UTF8.GetBytes(fields[i].Name), output);
                output.Append(":"u8);
                fields[i].Printer.Append(((RowColumn)column).Children[fields[i].Index], row, output);
            }
            output.Append("}"u8);
        }
    }
}
