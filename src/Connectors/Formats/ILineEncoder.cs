using System.Buffers;
using Millrace.Shared.Columns;

namespace Millrace.Connectors.Formats;

/// <summary>Writes rows as lines.</summary>
internal interface ILineEncoder
{
    /// <summary>Appends one row and its line feed.</summary>
    void Encode(ColumnBatch batch, int row, ArrayBufferWriter<byte> output);
}
