using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Expressions;

/// <summary>Batches of random rows, and the same rows as C# values (null for NULL).</summary>
internal sealed class RandomRows
{
    /// <summary>The columns of every batch.</summary>
    public static readonly Schema Schema = Schema.Of(
        new Field("p", LogicalType.Boolean),
        new Field("q", LogicalType.Boolean),
        new Field("x", LogicalType.Int),
        new Field("y", LogicalType.Int),
        new Field("b", LogicalType.BigInt),
        new Field("d", LogicalType.Double),
        new Field("s", LogicalType.String),
        new Field("m", LogicalType.Decimal(10, 2)));

    private RandomRows(ColumnBatch batch, object?[][] rows)
    {
        Batch = batch;
        Rows = rows;
    }

    public ColumnBatch Batch { get; }

    public object?[][] Rows { get; }

    /// <param name="nullShare">Of each value, 0 to 1.</param>
    public static RandomRows Create(Random random, int count, double nullShare)
    {
        var builder = new BatchBuilder(Schema, count);
        object?[][] rows = new object?[count][];
        for (int i = 0; i < count; i++)
        {
            rows[i] =
                [.. Schema.Fields.Select(
                    f => random.NextDouble() < nullShare ? null : Value(random, f.Type))];
            for (int c = 0; c < rows[i].Length; c++) Append(builder.Columns[c], rows[i][c]);
            builder.EndRow();
        }
        return new RandomRows(builder.Build(), rows);
    }

    /// <summary>
    /// Small values, so that equal ones and zeros are common; of integers also the extremes.
    /// </summary>
    public static object Value(Random random, LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => random.Next(2) == 0,
        TypeKind.Int => random.Next(10) == 0 ? int.MinValue : random.Next(-3, 4),
        TypeKind.BigInt => random.Next(10) == 0 ? long.MaxValue : random.NextInt64(-3, 4),
        TypeKind.Double =>
            random.Next(8) switch { 0 => double.NaN, 1 => -0.0, 2 => 1e300, _ => random.Next(-3, 4) / 2.0 },
        TypeKind.VarChar => new string((char)('a' + random.Next(3)), random.Next(3)),
        TypeKind.Decimal => (Int128)random.Next(-300, 300),
        _ => throw new ArgumentException(type.ToString()),
    };

    private static void Append(ColumnBuilder builder, object? value)
    {
        switch (value)
        {
            case null: builder.AppendNull(); break;
            case bool truth: ((FixedColumnBuilder<bool>)builder).Append(truth); break;
            case int number: ((FixedColumnBuilder<int>)builder).Append(number); break;
            case long number: ((FixedColumnBuilder<long>)builder).Append(number); break;
            case double number: ((FixedColumnBuilder<double>)builder).Append(number); break;
            case Int128 number: ((FixedColumnBuilder<Int128>)builder).Append(number); break;
            case string text:
                ((BytesColumnBuilder)builder).Append(System.Text.Encoding.UTF8.GetBytes(text));
                break;
            default: throw new ArgumentException(value.GetType().Name);
        }
    }

    /// <summary>The value of a row of any column as a C# value.</summary>
    public static object? Read(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        FixedColumn<bool> c => c[row],
        FixedColumn<int> c => c[row],
        FixedColumn<long> c => c[row],
        FixedColumn<double> c => c[row],
        FixedColumn<Int128> c => c[row],
        BytesColumn c => c.Text(row),
        _ => throw new ArgumentException(column.GetType().Name),
    };
}
