using System.Buffers;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>Batches of every type of column, with nulls and change kinds, from a seed.</summary>
internal sealed class RandomBatches(Random random)
{
    private static readonly LogicalType[] Flat =
    [
        LogicalType.Boolean, LogicalType.TinyInt, LogicalType.SmallInt, LogicalType.Int, LogicalType.BigInt,
        LogicalType.Float, LogicalType.Double, LogicalType.Decimal(38, 4), LogicalType.String,
        LogicalType.Bytes, LogicalType.Date, LogicalType.Timestamp(3), LogicalType.Null,
    ];

    public Schema NextSchema() => new(
        [.. Enumerable.Range(0, random.Next(0, 8)).Select(i => new Field($"c{i}", NextType(0)))]);

    public ColumnBatch Next(Schema schema, int rows)
    {
        var builder = new BatchBuilder(schema);
        bool hasKinds = random.Next(2) == 0;
        double nulls = random.Next(3) * 0.2;
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < schema.Count; i++) Append(builder.Columns[i], schema[i].Type, nulls);
            builder.EndRow(hasKinds ? (ChangeKind)random.Next(4) : ChangeKind.Insert);
        }
        return builder.Build();
    }

    /// <summary>Row for row by the codec of rows, which knows nothing of the exchange.</summary>
    public static void AssertSame(Schema schema, ColumnBatch expected, ColumnBatch actual)
    {
        Assert.Equal(expected.RowCount, actual.RowCount);
        Assert.Equal(expected.IsInsertOnly, actual.IsInsertOnly);
        Assert.Equal(expected.Kinds.ToArray(), actual.Kinds.ToArray());
        Assert.Equal(expected.Columns.Length, actual.Columns.Length);
        var codec = new RowCodec(schema.Fields.Select(f => f.Type));
        for (int row = 0; row < expected.RowCount; row++)
            Assert.Equal(Bytes(codec, expected, row), Bytes(codec, actual, row));
    }

    private static byte[] Bytes(RowCodec codec, ColumnBatch batch, int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(batch.Columns, row, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private LogicalType NextType(int depth) => random.Next(depth < 3 ? 16 : 12) switch
    {
        13 => LogicalType.Array(NextType(depth + 1)),
        14 => LogicalType.Map(NextType(depth + 1), NextType(depth + 1)),
        15 => LogicalType.Row(
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => new Field($"f{i}", NextType(depth + 1)))]),
        _ => Flat[random.Next(Flat.Length)],
    };

    private void Append(ColumnBuilder builder, LogicalType type, double nulls)
    {
        if (random.NextDouble() < nulls)
        {
            builder.AppendNull();
            return;
        }
        switch (builder)
        {
            case FixedColumnBuilder<bool> b: b.Append(random.Next(2) == 0); break;
            case FixedColumnBuilder<sbyte> b: b.Append((sbyte)random.Next()); break;
            case FixedColumnBuilder<short> b: b.Append((short)random.Next()); break;
            case FixedColumnBuilder<int> b: b.Append(random.Next()); break;
            case FixedColumnBuilder<long> b: b.Append(random.NextInt64()); break;
            case FixedColumnBuilder<float> b: b.Append(random.NextSingle()); break;
            case FixedColumnBuilder<double> b: b.Append(random.NextDouble()); break;
            case FixedColumnBuilder<Int128> b: b.Append(((Int128)random.NextInt64() << 50) - 7); break;
            case BytesColumnBuilder b: b.Append(NextBytes()); break;
            case ListColumnBuilder b: AppendList(b, type, nulls); break;
            case RowColumnBuilder b:
                for (int i = 0; i < b.Children.Length; i++) Append(b.Children[i], type.Fields[i].Type, nulls);
                b.EndRow();
                break;
            default: throw new NotSupportedException(builder.GetType().Name);
        }
    }

    private void AppendList(ListColumnBuilder list, LogicalType type, double nulls)
    {
        for (int count = random.Next(4); count > 0; count--)
        {
            Append(list.Children[0], type.Element!, nulls);
            if (type.Value is not null) Append(list.Children[1], type.Value, nulls);
        }
        list.EndRow();
    }

    private byte[] NextBytes()
    {
        byte[] bytes = new byte[random.Next(4) == 0 ? 0 : random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }
}
