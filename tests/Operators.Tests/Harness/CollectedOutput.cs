using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Harness;

/// <summary>Keeps every emitted row as text: <c>+I 1|a|NULL</c>.</summary>
internal sealed class CollectedOutput : IBatchOutput
{
    public List<string> Rows { get; } = [];

    public int Batches { get; private set; }

    public void Emit(ColumnBatch batch)
    {
        Batches++;
        for (int row = 0; row < batch.RowCount; row++)
            Rows.Add($"{batch.KindOf(row).ShortText()} "
                + $"{string.Join('|', batch.Columns.Select(c => RowText.Of(c, row)))}");
    }
}
