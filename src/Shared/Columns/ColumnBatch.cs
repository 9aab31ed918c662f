using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Shared.Columns;

/// <summary>
/// What flows between operators: up to <see cref="MaxRows"/> rows of columns, and what each row does to the
/// changelog. Immutable.
/// </summary>
/// <remarks>
/// Ownership: like <see cref="Column"/>, counted; a batch owns one reference to each of its columns. Who
/// calls <c>Process(batch)</c> lends the batch for the call: a receiver that keeps it calls
/// <see cref="Retain"/>. Who made the batch releases it after passing it on.
/// </remarks>
public sealed class ColumnBatch
{
    /// <summary>The most rows of a batch that sources and operators make.</summary>
    public const int MaxRows = 4096;

    private readonly ChangeKind[]? _kinds;
    private int _references = 1;

    /// <param name="columns">
    /// One column a field of the stream's schema, each of
    /// <paramref name="rowCount"/> rows; owned from now on.
    /// </param>
    /// <param name="rowCount">Rows, 0 or more.</param>
    /// <param name="kinds">One change kind a row, or null where every row is an insert.</param>
    public ColumnBatch(Column[] columns, int rowCount, ChangeKind[]? kinds = null)
    {
        foreach (Column column in columns) Invariant.Check(column.Count == rowCount);
        Invariant.Check(kinds is null || kinds.Length >= rowCount);
        Columns = columns;
        RowCount = rowCount;
        _kinds = kinds;
    }

    public Column[] Columns { get; }

    public int RowCount { get; }

    /// <summary>Whether every row is known to be an insert.</summary>
    public bool IsInsertOnly => _kinds is null;

    /// <summary>The change kinds, empty where <see cref="IsInsertOnly"/>.</summary>
    public ReadOnlySpan<ChangeKind> Kinds => _kinds is null ? default : _kinds.AsSpan(0, RowCount);

    /// <summary>
    /// The array behind <see cref="Kinds"/>, to share with a batch of the same rows; never written.
    /// </summary>
    public ChangeKind[]? SharedKinds => _kinds;

    public ChangeKind KindOf(int row) => _kinds is null ? ChangeKind.Insert : _kinds[row];

    public long SizeBytes => Columns.Sum(c => c.SizeBytes);

    public ColumnBatch Retain()
    {
        Invariant.Check(Interlocked.Increment(ref _references) > 1);
        return this;
    }

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        Invariant.Check(left >= 0);
        if (left > 0) return;
        foreach (Column column in Columns) column.Release();
    }

    /// <summary>
    /// The rows at <paramref name="rows"/>, in that order, as a new batch that the caller owns.
    /// </summary>
    public ColumnBatch Gather(ReadOnlySpan<int> rows)
    {
        var columns = new Column[Columns.Length];
        for (int i = 0; i < columns.Length; i++) columns[i] = Columns[i].Gather(rows);
        ChangeKind[]? kinds = null;
        if (_kinds is not null)
        {
            kinds = new ChangeKind[rows.Length];
            for (int i = 0; i < rows.Length; i++) kinds[i] = _kinds[rows[i]];
        }
        return new ColumnBatch(columns, rows.Length, kinds);
    }
}
