using Millrace.Shared.Types;

namespace Millrace.Shared.Columns;

/// <summary>
/// Builds batches row by row: append to each of <see cref="Columns"/>, then <see cref="EndRow"/>.
/// </summary>
public sealed class BatchBuilder
{
    private ChangeKind[]? _kinds;

    public BatchBuilder(Schema schema, int capacity = 16) =>
        Columns = [.. schema.Fields.Select(f => ColumnBuilder.Create(f.Type, capacity))];

    public ColumnBuilder[] Columns { get; }

    public int RowCount { get; private set; }

    public void EndRow(ChangeKind kind = ChangeKind.Insert)
    {
        if (kind != ChangeKind.Insert || _kinds is not null) SetKind(RowCount, kind);
        RowCount++;
    }

    /// <summary>Appends a whole row of a batch of the same schema, under the given kind.</summary>
    public void AppendFrom(ColumnBatch batch, int row, ChangeKind kind)
    {
        for (int i = 0; i < Columns.Length; i++) Columns[i].AppendFrom(batch.Columns[i], row);
        EndRow(kind);
    }

    /// <summary>The rows so far as a batch that the caller owns; the builder is empty afterwards.</summary>
    public ColumnBatch Build()
    {
        var batch = new ColumnBatch([.. Columns.Select(c => c.Build())], RowCount, _kinds);
        _kinds = null;
        RowCount = 0;
        return batch;
    }

    private void SetKind(int row, ChangeKind kind)
    {
        _kinds ??= new ChangeKind[Math.Max(16, row + 1)];
        if (row >= _kinds.Length) Array.Resize(ref _kinds, Math.Max(row + 1, 2 * _kinds.Length));
        _kinds[row] = kind;
    }
}
