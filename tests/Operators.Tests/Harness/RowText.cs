using System.Globalization;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Tests.Harness;

/// <summary>Values of columns as text, for comparisons in tests.</summary>
internal static class RowText
{
    public static string Of(Column column, int row) => column.IsNull(row) ? "NULL" : column switch
    {
        FixedColumn<bool> c => c[row] ? "true" : "false",
        FixedColumn<sbyte> c => Text(c[row]),
        FixedColumn<short> c => Text(c[row]),
        FixedColumn<int> c => Text(c[row]),
        FixedColumn<long> c => Text(c[row]),
        FixedColumn<float> c => Text(c[row]),
        FixedColumn<double> c => Text(c[row]),
        FixedColumn<Int128> c => Text(c[row]),
        BytesColumn c => c.Text(row),
        _ => column.GetType().Name,
    };

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
