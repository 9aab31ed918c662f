using System.Buffers;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.State;

public sealed class KeyEncoderTests
{
    [Fact]
    public void Keys_are_encoded_as_the_row_codec_does()
    {
        LogicalType[] types =
        [
            LogicalType.String, LogicalType.BigInt, LogicalType.Int, LogicalType.Boolean, LogicalType.TinyInt,
            LogicalType.SmallInt, LogicalType.Float, LogicalType.Double, LogicalType.Decimal(38, 2),
            LogicalType.Bytes,
        ];
        Column[] columns =
        [
            BytesColumn.Of("a", null, new string('x', 300)), FixedColumn<long>.Of([1, -2, long.MaxValue]),
            FixedColumn<int>.Nulls(3), FixedColumn<bool>.Of([true, false, true]),
            FixedColumn<sbyte>.Of([-1, 0, 1]),
            FixedColumn<short>.Of([-300, 0, 300]), FixedColumn<float>.Of([0f, -0f, float.NaN]),
            FixedColumn<double>.Of([1.5, 0, -0.0]), FixedColumn<Int128>.Of([Int128.MaxValue, 0, -1]),
            BytesColumn.Of("", "b", null),
        ];
        var encoder = new KeyEncoder(types);
        encoder.Encode(columns, 3);
        var codec = new RowCodec(types);
        for (int row = 0; row < 3; row++)
        {
            var expected = new ArrayBufferWriter<byte>();
            codec.Encode(columns, row, expected);
            Assert.Equal(expected.WrittenSpan.ToArray(), encoder[row].ToArray());
        }
    }
}
