using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>Values as parameters of MySqlConnector.</summary>
internal static class MySqlValues
{
    public static object Of(Column column, int row, LogicalType type)
    {
        if (column.IsNull(row)) return DBNull.Value;
        return type.Kind switch
        {
            TypeKind.Boolean => ((FixedColumn<bool>)column)[row],
            TypeKind.TinyInt => ((FixedColumn<sbyte>)column)[row],
            TypeKind.SmallInt => ((FixedColumn<short>)column)[row],
            TypeKind.Int => ((FixedColumn<int>)column)[row],
            TypeKind.BigInt => ((FixedColumn<long>)column)[row],
            TypeKind.Float => ((FixedColumn<float>)column)[row],
            TypeKind.Double => ((FixedColumn<double>)column)[row],
            TypeKind.Decimal => DecimalText.Format(((FixedColumn<Int128>)column)[row], type.Scale),
            TypeKind.Binary or TypeKind.VarBinary => ((BytesColumn)column)[row].ToArray(),
            TypeKind.Date => ValueText.DateOf(((FixedColumn<int>)column)[row]),
            TypeKind.Time => TimeSpan.FromMilliseconds(((FixedColumn<int>)column)[row]),
            TypeKind.Timestamp or TypeKind.TimestampLtz =>
                ValueText.DateTimeOf(((FixedColumn<long>)column)[row], type.UnitsPerSecond),
            _ => ((BytesColumn)column).Text(row),
        };
    }
}
