using System.Buffers;
using System.Globalization;
using System.Text;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>Writes rows as CSV records.</summary>
internal sealed class CsvLineEncoder(TableSpec table, CsvFormatOptions options) : ILineEncoder
{
    private readonly ArrayBufferWriter<byte> _field = new();

    public void Encode(ColumnBatch batch, int row, ArrayBufferWriter<byte> output)
    {
        for (int i = 0; i < batch.Columns.Length; i++)
        {
            if (i > 0) output.Write([options.Delimiter]);
            Column column = batch.Columns[i];
            if (column.IsNull(row)) output.Write(options.NullLiteral ?? []);
            else WriteField(column, row, table.Physical[i].Type, output);
        }
        output.Write("\n"u8);
    }

    private void WriteField(Column column, int row, LogicalType type, ArrayBufferWriter<byte> output)
    {
        _field.ResetWrittenCount();
        CsvText.Write(column, row, type, options.ElementDelimiter, _field);
        ReadOnlySpan<byte> text = _field.WrittenSpan;
        if (options.Quote == 0 || !NeedsQuotes(text, type))
        {
            WriteEscaped(text, output);
            return;
        }
        output.Write([options.Quote]);
        foreach (byte b in text)
        {
            if (b == options.Quote || (b == options.Escape && b != 0))
                output.Write(
                    [options.Escape == 0 ? options.Quote : options.Escape]);
            output.Write([b]);
        }
        output.Write([options.Quote]);
    }

    /// <summary>Also where the text would read as a comment or as an empty line.</summary>
    private bool NeedsQuotes(ReadOnlySpan<byte> text, LogicalType type) =>
        text.ContainsAny(options.Delimiter, options.Quote, (byte)'\n')
            || text.ContainsAny((byte)'\r', (byte)'#', (byte)' ')
        || (options.Escape != 0 && text.Contains(options.Escape))
        || (type.IsCharacter && text.IsEmpty);

    private void WriteEscaped(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        foreach (byte b in text)
        {
            if (options.Escape != 0 && (b == options.Delimiter || b == options.Escape))
                output.Write(
                    [options.Escape]);
            output.Write([b]);
        }
    }
}

/// <summary>The plain text of values in CSV.</summary>
internal static class CsvText
{
    public static void Write(
        Column column, int row, LogicalType type, byte[] elementDelimiter, ArrayBufferWriter<byte> output)
    {
        switch (column)
        {
            case ListColumn list:
                for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
                {
                    if (e > list.Offsets[row]) output.Write(elementDelimiter);
                    if (!list.Children[0].IsNull(e))
                        Write(
                            list.Children[0], e, type.Element!, elementDelimiter, output);
                }
                break;
            case RowColumn fields:
                for (int f = 0; f < fields.Children.Length; f++)
                {
                    if (f > 0) output.Write(elementDelimiter);
                    if (!fields.Children[f].IsNull(row))
                        Write(
                            fields.Children[f], row, type.Fields[f].Type, elementDelimiter, output);
                }
                break;
            case BytesColumn bytes when type.IsCharacter: output.Write(bytes[row]); break;
            default: WriteScalar(column, row, type, output); break;
        }
    }

    private static void WriteScalar(Column column, int row, LogicalType type, ArrayBufferWriter<byte> output)
    {
        Span<byte> text = output.GetSpan(64);
        switch (type.Kind)
        {
            case TypeKind.Date:
                output.Advance(
                    TimeText.WriteDate(((FixedColumn<int>)column)[row], text));
                break;
            case TypeKind.Time:
                output.Advance(
                    TimeText.WriteTime(((FixedColumn<int>)column)[row] * 1_000_000L, text));
                break;
            case TypeKind.Timestamp:
                output.Advance(
                    TimeText.WriteTimestamp(((FixedColumn<long>)column)[row], type, (byte)' ', text));
                break;
            case TypeKind.TimestampLtz:
                int length = TimeText.WriteTimestamp(((FixedColumn<long>)column)[row], type, (byte)' ', text);
                text[length] = (byte)'Z';
                output.Advance(length + 1);
                break;
            default: Ascii(ScalarText(column, row, type), output); break;
        }
    }

    private static string ScalarText(Column column, int row, LogicalType type) => column switch
    {
        FixedColumn<bool> c => c[row] ? "true" : "false",
        FixedColumn<sbyte> c => c[row].ToString(CultureInfo.InvariantCulture),
        FixedColumn<short> c => c[row].ToString(CultureInfo.InvariantCulture),
        FixedColumn<int> c => c[row].ToString(CultureInfo.InvariantCulture),
        FixedColumn<long> c => c[row].ToString(CultureInfo.InvariantCulture),
        FixedColumn<float> c => NumberText.Shortest(c[row]),
        FixedColumn<double> c => NumberText.Shortest(c[row]),
        FixedColumn<Int128> c => DecimalText.Format(c[row], type.Scale),
        BytesColumn c => Convert.ToBase64String(c[row]),
        _ => "",
    };

    private static void Ascii(string text, ArrayBufferWriter<byte> output) =>
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
}
