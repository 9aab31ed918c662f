using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Shared.Tests;

/// <summary>Columns of random values of any type, with nulls, from a seed.</summary>
internal static class RandomColumns
{
    public static readonly LogicalType[] Types =
    [
        LogicalType.Boolean, LogicalType.TinyInt, LogicalType.SmallInt, LogicalType.Int, LogicalType.BigInt,
        LogicalType.Float, LogicalType.Double, LogicalType.Decimal(20, 4), LogicalType.String,
        LogicalType.Bytes, LogicalType.Date, LogicalType.Timestamp(3), LogicalType.Array(LogicalType.Int),
        LogicalType.Map(LogicalType.String, LogicalType.BigInt), LogicalType.Multiset(LogicalType.String),
        LogicalType.Row(
            new Field("a", LogicalType.Int), new Field("b", LogicalType.Array(LogicalType.String))),
    ];

    public static Column Make(LogicalType type, int rows, Random random)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type);
        for (int i = 0; i < rows; i++) Append(builder, random);
        return builder.Build();
    }

    public static void Append(ColumnBuilder builder, Random random)
    {
        if (random.Next(5) == 0)
        {
            builder.AppendNull();
            return;
        }
        switch (builder)
        {
            case FixedColumnBuilder<bool> b: b.Append(random.Next(2) == 0); break;
            case FixedColumnBuilder<sbyte> b: b.Append((sbyte)random.Next(-128, 128)); break;
            case FixedColumnBuilder<short> b: b.Append((short)random.Next(-300, 300)); break;
            case FixedColumnBuilder<int> b: b.Append(random.Next(-100, 100)); break;
            case FixedColumnBuilder<long> b: b.Append(random.NextInt64(long.MinValue, long.MaxValue)); break;
            case FixedColumnBuilder<float> b: b.Append(random.NextSingle()); break;
            case FixedColumnBuilder<double> b: b.Append(random.NextDouble()); break;
            case FixedColumnBuilder<Int128> b:
                b.Append((Int128)random.NextInt64() * random.Next(-9, 9));
                break;
            case BytesColumnBuilder b:
                byte[] bytes = new byte[random.Next(12)];
                random.NextBytes(bytes);
                b.Append(bytes);
                break;
            case ListColumnBuilder b:
                for (int n = random.Next(4); n > 0; n--)
                    foreach (ColumnBuilder child in b.Children) Append(child, random);
                b.EndRow();
                break;
            case RowColumnBuilder b:
                foreach (ColumnBuilder child in b.Children) Append(child, random);
                b.EndRow();
                break;
            default: throw new InvalidOperationException(builder.GetType().Name);
        }
    }

    /// <summary>The value of a row as nested objects that compare by value.</summary>
    public static string Text(Column column, int row)
    {
        if (row < 0 || column.IsNull(row)) return "null";
        return column switch
        {
            FixedColumn<bool> c => $"{c[row]}",
            FixedColumn<sbyte> c => $"{c[row]}",
            FixedColumn<short> c => $"{c[row]}",
            FixedColumn<int> c => $"{c[row]}",
            FixedColumn<long> c => $"{c[row]}",
            FixedColumn<float> c => $"{c[row]:R}",
            FixedColumn<double> c => $"{c[row]:R}",
            FixedColumn<Int128> c => $"{c[row]}",
            BytesColumn c => Convert.ToHexString(c[row]),
            ListColumn c => "[" + string.Join(",", Enumerable.Range(c.Offsets[row], c.Length(row))
                .Select(e => string.Join(":", c.Children.Select(child => Text(child, e))))) + "]",
            RowColumn c => "(" + string.Join(",", c.Children.Select(child => Text(child, row))) + ")",
            _ => throw new InvalidOperationException(column.GetType().Name),
        };
    }

    public static List<string> Texts(Column column) =>
        [.. Enumerable.Range(0, column.Count).Select(i => Text(column, i))];
}
