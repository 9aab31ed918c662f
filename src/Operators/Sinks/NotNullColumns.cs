using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;

namespace Millrace.Operators.Sinks;

/// <summary>Keeps NULLs out of the NOT NULL columns of a sink's table, as the plan says.</summary>
/// <param name="dropped">Counts the rows left out.</param>
internal sealed class NotNullColumns(SinkPlan plan, Counter dropped)
{
    private readonly int[] _columns =
        [.. Enumerable.Range(0, plan.Table.Physical.Count).Where(i => !plan.Table.Physical[i].Type.Nullable)];

    /// <returns>
    /// The rows to write, which the caller owns: the batch itself where no column has a NULL.
    /// </returns>
    /// <exception cref="MillraceException">
    /// Invalid: a NULL, where the plan says that it is an error.
    /// </exception>
    public ColumnBatch Enforce(ColumnBatch batch)
    {
        bool clean = true;
        foreach (int column in _columns)
            if (Validity.CountNulls(batch.Columns[column].ValidityWords, batch.RowCount) > 0)
                clean &= plan.NotNullColumns == NotNullEnforcer.Drop ? false : throw Refused(column);
        return clean ? batch.Retain() : WithoutNulls(batch);
    }

    private ColumnBatch WithoutNulls(ColumnBatch batch)
    {
        var kept = new List<int>(batch.RowCount);
        for (int row = 0; row < batch.RowCount; row++)
            if (!Array.Exists(_columns, c => batch.Columns[c].IsNull(row))) kept.Add(row);
        dropped.Add(batch.RowCount - kept.Count);
        return batch.Gather(kept.ToArray());
    }

    private MillraceException Refused(int column)
    {
        Field field = plan.Table.Physical[column];
        return new MillraceException(
            ErrorKind.Invalid,
            $"Column '{field.Name}' of table '{plan.Table.Name}' is {field.Type}, and a NULL was to be "
            + "written to it. Filter such rows out, or set 'table.exec.sink.not-null-enforcer' = 'DROP' to "
            + "leave them out silently.");
    }
}
