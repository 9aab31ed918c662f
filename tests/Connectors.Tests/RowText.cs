using System.Globalization;
using Millrace.Shared.Columns;

namespace Millrace.Connectors.Tests;

/// <summary>Rows as text, to compare and to read.</summary>
internal static class RowText
{
    public static string Of(ColumnBatch batch, int row) =>
        string.Join('|', batch.Columns.Select(c => Of(c, row)));

    public static string Of(Column column, int row)
    {
        if (column.IsNull(row)) return "NULL";
        return column switch
        {
            BytesColumn c => c.Text(row),
            FixedColumn<bool> c => c[row] ? "true" : "false",
            FixedColumn<sbyte> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<short> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<int> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<long> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<float> c => c[row].ToString("R", CultureInfo.InvariantCulture),
            FixedColumn<double> c => c[row].ToString("R", CultureInfo.InvariantCulture),
            FixedColumn<Int128> c => c[row].ToString(CultureInfo.InvariantCulture),
            ListColumn c => ListText(c, row),
            RowColumn c => "(" + string.Join(", ", c.Children.Select(child => Of(child, row))) + ")",
            _ => "?",
        };
    }

    private static string ListText(ListColumn list, int row)
    {
        IEnumerable<string> elements = Enumerable.Range(list.Offsets[row], list.Length(row))
            .Select(e => string.Join(":", list.Children.Select(c => Of(c, e))));
        return "[" + string.Join(", ", elements) + "]";
    }
}
