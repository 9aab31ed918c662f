using System.Buffers;
using Millrace.Shared.Types;

namespace Millrace.Shared.Columns;

/// <summary>
/// One row as bytes and back: for keys, for rows kept in state and caches, and for state in checkpoints. Rows
/// of equal values have equal bytes (so -0.0 and 0.0 are two keys, as in Flink, and NaN equals itself).
/// </summary>
public sealed class RowCodec
{
    private readonly ValueCodec[] _values;

    public RowCodec(params IEnumerable<LogicalType> types) => _values = [.. types.Select(ValueCodec.For)];

    /// <summary>Appends row <paramref name="row"/> of the columns, one column a type of the codec.</summary>
    public void Encode(ReadOnlySpan<Column> columns, int row, ArrayBufferWriter<byte> output)
    {
        for (int i = 0; i < _values.Length; i++) _values[i].Encode(columns[i], row, output);
    }

    /// <summary>Appends the row to the builders, one a type of the codec.</summary>
    /// <exception cref="Errors.MillraceException">Corrupt: the bytes are not such a row.</exception>
    /// <returns>The bytes that follow the row.</returns>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> input, ReadOnlySpan<ColumnBuilder> builders)
    {
        for (int i = 0; i < _values.Length; i++) _values[i].Decode(ref input, builders[i]);
        return input;
    }
}
