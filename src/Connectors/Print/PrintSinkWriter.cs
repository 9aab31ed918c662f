using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Print;

/// <summary>Prints the rows of a batch in one write, so that subtasks do not mix their lines.</summary>
internal sealed class PrintSinkWriter(TableSpec table, string prefix, TextWriter output) : ISinkWriter
{
    private readonly StringBuilder _text = new();

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            _text.Append(prefix).Append(batch.KindOf(row).ShortText()).Append('[');
            for (int i = 0; i < batch.Columns.Length; i++)
            {
                if (i > 0) _text.Append(", ");
                _text.Append(PrintText.Of(batch.Columns[i], row, table.Physical[i].Type));
            }
            _text.Append("]\n");
        }
        output.Write(_text);
        _text.Clear();
    }

    public void Flush() => output.Flush();

    public void Dispose()
    {
    }
}
