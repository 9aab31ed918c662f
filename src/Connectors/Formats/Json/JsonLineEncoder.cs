using System.Buffers;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Writes rows as JSON objects, a member a column in the order of the table.</summary>
internal sealed class JsonLineEncoder : ILineEncoder
{
    private readonly JsonRowWriter _row;

    public JsonLineEncoder(TableSpec table, JsonFormatOptions options) =>
        _row = new JsonRowWriter(table.Physical.Fields, options);

    public void Encode(ColumnBatch batch, int row, ArrayBufferWriter<byte> output)
    {
        _row.Write(batch.Columns, row, output);
        output.Write("\n"u8);
    }
}
