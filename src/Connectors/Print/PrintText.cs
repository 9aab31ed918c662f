using System.Globalization;
using System.Text;
using Millrace.Connectors.Formats;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Print;

/// <summary>Values as Flink prints them, which is how Java prints its objects.</summary>
internal static class PrintText
{
    private const int NanosPerMilli = 1_000_000;

    public static string Of(Column column, int row, LogicalType type)
    {
        if (column.IsNull(row)) return "null";
        return column switch
        {
            BytesColumn c when type.IsCharacter => c.Text(row),
            BytesColumn c => "[" + string.Join(", ", c[row].ToArray().Select(b => (sbyte)b)) + "]",
            FixedColumn<bool> c => c[row] ? "true" : "false",
            FixedColumn<float> c => NumberText.Shortest(c[row]),
            FixedColumn<double> c => NumberText.Shortest(c[row]),
            FixedColumn<Int128> c => DecimalText.Format(c[row], type.Scale),
            ListColumn c => List(c, row, type),
            RowColumn c => "+I[" + string.Join(
                ", ", c.Children.Select((child, i) => Of(child, row, type.Fields[i].Type))) + "]",
            _ => Number(column, row, type),
        };
    }

    private static string Number(Column column, int row, LogicalType type)
    {
        long value = column switch
        {
            FixedColumn<sbyte> c => c[row],
            FixedColumn<short> c => c[row],
            FixedColumn<int> c => c[row],
            _ => ((FixedColumn<long>)column)[row],
        };
        Span<byte> text = stackalloc byte[64];
        return type.Kind switch
        {
            TypeKind.Date => Encoding.ASCII.GetString(text[..TimeText.WriteDate((int)value, text)]),
            TypeKind.Time =>
                JavaTime(Encoding.ASCII.GetString(text[..TimeText.WriteTime(value * NanosPerMilli, text)])),
            TypeKind.Timestamp => JavaTime(Timestamp(value, type, text)),
            // An Instant keeps its seconds, a LocalDateTime drops them where they are 0.
            TypeKind.TimestampLtz => JavaFraction(Timestamp(value, type, text)) + "Z",
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Timestamp(long value, LogicalType type, Span<byte> text) =>
        Encoding.ASCII.GetString(text[..TimeText.WriteTimestamp(value, type, (byte)'T', text)]);

    private static string JavaTime(string text) =>
        text.EndsWith(":00", StringComparison.Ordinal) ? text[..^3] : JavaFraction(text);

    /// <summary>Java writes fractions in groups of three digits.</summary>
    private static string JavaFraction(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? text : text.PadRight(point + 1 + (text.Length - point + 1) / 3 * 3, '0');
    }

    private static string List(ListColumn list, int row, LogicalType type)
    {
        IEnumerable<int> elements = Enumerable.Range(list.Offsets[row], list.Length(row));
        if (type.Kind == TypeKind.Array)
            return "[" + string.Join(", ", elements.Select(e => Of(list.Children[0], e, type.Element!)))
                + "]";
        LogicalType value = type.Value ?? LogicalType.Int;
        return "{" + string.Join(", ", elements.Select(
            e => Of(list.Children[0], e, type.Element!) + "=" + Of(list.Children[1], e, value))) + "}";
    }
}
