using System.Buffers;
using FsCheck.Xunit;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Shared.Tests;

public sealed class ColumnTests
{
    [Property(MaxTest = 60)]
    public void Gather_gives_the_chosen_rows_in_order_and_null_for_minus_one(int seed)
    {
        var random = new Random(seed);
        foreach (LogicalType type in RandomColumns.Types)
        {
            Column column = RandomColumns.Make(type, random.Next(1, 200), random);
            int[] rows =
                [.. Enumerable.Range(0, random.Next(150)).Select(_ => random.Next(-1, column.Count))];
            List<string> expected = [.. rows.Select(r => RandomColumns.Text(column, r))];
            Assert.Equal(expected, RandomColumns.Texts(column.Gather(rows)));
        }
    }

    [Property(MaxTest = 60)]
    public void A_builder_truncated_to_a_count_builds_the_rows_before_it(int seed)
    {
        var random = new Random(seed);
        foreach (LogicalType type in RandomColumns.Types)
        {
            Column column = RandomColumns.Make(type, 150, random);
            ColumnBuilder builder = ColumnBuilder.Create(type);
            for (int i = 0; i < column.Count; i++) builder.AppendFrom(column, i);
            int keep = random.Next(column.Count);
            builder.Truncate(keep);
            for (int i = keep; i < column.Count; i++) builder.AppendFrom(column, i);
            Assert.Equal(RandomColumns.Texts(column), RandomColumns.Texts(builder.Build()));
        }
    }

    [Property(MaxTest = 60)]
    public void Encoded_rows_decode_to_equal_rows_and_equal_rows_have_equal_bytes(int seed)
    {
        var random = new Random(seed);
        var codec = new RowCodec(RandomColumns.Types);
        Column[] columns = [.. RandomColumns.Types.Select(t => RandomColumns.Make(t, 20, random))];
        ColumnBuilder[] builders = [.. RandomColumns.Types.Select(t => ColumnBuilder.Create(t))];
        var bytes = new List<string>();
        for (int row = 0; row < 20; row++)
        {
            var output = new ArrayBufferWriter<byte>();
            codec.Encode(columns, row, output);
            Assert.True(codec.Decode(output.WrittenSpan, builders).IsEmpty);
            bytes.Add(Convert.ToHexString(output.WrittenSpan));
        }
        Column[] decoded = [.. builders.Select(b => b.Build())];
        for (int i = 0; i < columns.Length; i++)
            Assert.Equal(RandomColumns.Texts(columns[i]), RandomColumns.Texts(decoded[i]));
        for (int row = 0; row < 20; row++)
        {
            var output = new ArrayBufferWriter<byte>();
            codec.Encode(decoded, row, output);
            Assert.Equal(bytes[row], Convert.ToHexString(output.WrittenSpan));
        }
    }

    [Fact]
    public void A_row_that_is_cut_off_is_corrupt()
    {
        var codec = new RowCodec(LogicalType.String);
        ColumnBuilder[] builders = [ColumnBuilder.Create(LogicalType.String)];
        var error = Assert.Throws<MillraceException>(() => codec.Decode([1, 200, 1], builders));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    [Fact]
    public void A_column_released_more_often_than_it_was_retained_is_a_bug()
    {
        Column column = FixedColumn<int>.Of([1, 2, 3]);
        column.Retain();
        column.Release();
        column.Release();
        Assert.Equal(ErrorKind.Bug, Assert.Throws<MillraceException>(column.Release).Kind);
    }

    [Fact]
    public void A_batch_keeps_change_kinds_when_rows_are_gathered()
    {
        var builder = new BatchBuilder(Schema.Of(new Field("a", LogicalType.Int)));
        foreach (ChangeKind kind in (ChangeKind[])[ChangeKind.Insert, ChangeKind.Delete,
            ChangeKind.UpdateAfter])
        {
            ((FixedColumnBuilder<int>)builder.Columns[0]).Append((int)kind);
            builder.EndRow(kind);
        }
        ColumnBatch batch = builder.Build().Gather([2, 0]);
        Assert.Equal([ChangeKind.UpdateAfter, ChangeKind.Insert], batch.Kinds.ToArray());
    }

    [Theory]
    [InlineData("BIGINT NOT NULL")]
    [InlineData("STRING")]
    [InlineData("VARCHAR(4) NOT NULL")]
    [InlineData("DECIMAL(9, 2)")]
    [InlineData("TIMESTAMP(3) *ROWTIME*")]
    public void Types_print_as_in_Flink(string text)
    {
        LogicalType[] types =
        [
            LogicalType.BigInt.NotNull(), LogicalType.String, LogicalType.VarChar(4).NotNull(),
            LogicalType.Decimal(9, 2),
            LogicalType.Timestamp(3) with { TimeAttribute = TimeAttribute.Rowtime },
        ];
        Assert.Contains(text, types.Select(t => t.ToString()));
    }
}
