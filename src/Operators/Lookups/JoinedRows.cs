using Millrace.Operators.Expressions;
using Millrace.Operators.Rows;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Lookups;

/// <summary>
/// Puts the output of a lookup join together: pairs of a row of the input and a row of the table, in the
/// order of the input. The work arrays are kept from batch to batch.
/// </summary>
internal sealed class JoinedRows
{
    private const int NoMatch = RowStore.None;

    private readonly RowStore _rows;
    private readonly LookupCache _cache;
    private readonly bool _isLeftOuter;
    private readonly Evaluator? _condition;
    private int[] _left = new int[64];
    private int[] _right = new int[64];
    private int[] _passed = new int[64];
    private int _count;

    public JoinedRows(RowStore rows, LookupCache cache, bool isLeftOuter, Evaluator? condition)
    {
        _rows = rows;
        _cache = cache;
        _isLeftOuter = isLeftOuter;
        _condition = condition;
    }

    /// <summary>
    /// Joins a batch whose entries are all loaded, and hands the output on in batches that it lends.
    /// </summary>
    public void Join(ColumnBatch batch, ReadOnlySpan<int> entries, Action<ColumnBatch> emit)
    {
        Pair(entries);
        if (_condition is not null) Filter(batch, _condition);
        for (int start = 0; start < _count; start += ColumnBatch.MaxRows)
        {
            ColumnBatch output = Build(batch, start, Math.Min(ColumnBatch.MaxRows, _count - start));
            emit(output);
            output.Release();
        }
    }

    private void Pair(ReadOnlySpan<int> entries)
    {
        _count = 0;
        for (int row = 0; row < entries.Length; row++)
        {
            int slot = _cache.FirstRow(entries[row]);
            if (slot == NoMatch)
            {
                if (_isLeftOuter) Add(row, NoMatch);
                continue;
            }
            for (; slot != NoMatch; slot = _rows.Next(slot)) Add(row, slot);
        }
    }

    /// <summary>
    /// Keeps the pairs where the condition is TRUE; an outer row that loses all its matches is padded.
    /// </summary>
    private void Filter(ColumnBatch batch, Evaluator condition)
    {
        if (_count == 0) return;
        if (_passed.Length < _count) _passed = new int[_left.Length];
        ColumnBatch candidates = Build(batch, 0, _count);
        int passed = condition.Filter(candidates, _passed);
        candidates.Release();
        int from = _count;
        int[] left = _left.AsSpan(0, from).ToArray();
        int[] right = _right.AsSpan(0, from).ToArray();
        _count = 0;
        int next = 0;
        for (int i = 0; i < from; i++)
        {
            bool isPassed = next < passed && _passed[next] == i;
            if (isPassed) next++;
            if (isPassed && right[i] != NoMatch) Add(left[i], right[i]);
            else if (_isLeftOuter && IsLastOf(left, i) && !IsAlreadyOut(left[i])) Add(left[i], NoMatch);
        }
    }

    private static bool IsLastOf(int[] left, int i) => i + 1 == left.Length || left[i + 1] != left[i];

    private bool IsAlreadyOut(int row) => _count > 0 && _left[_count - 1] == row;

    private void Add(int left, int right)
    {
        if (_count == _left.Length)
        {
            Array.Resize(ref _left, 2 * _count);
            Array.Resize(ref _right, 2 * _count);
        }
        _left[_count] = left;
        _right[_count++] = right;
    }

    private ColumnBatch Build(ColumnBatch batch, int start, int count)
    {
        ReadOnlySpan<int> left = _left.AsSpan(start, count);
        int width = batch.Columns.Length;
        var columns = new Column[width + _rows.ColumnCount];
        bool isWhole = count == batch.RowCount && IsIdentity(left);
        for (int c = 0; c < width; c++)
            columns[c] = isWhole ? batch.Columns[c].Retain() : batch.Columns[c].Gather(left);
        _rows.Gather(_right.AsSpan(start, count), columns.AsSpan(width));
        return new ColumnBatch(columns, count, isWhole ? batch.SharedKinds : GatherKinds(batch, left));
    }

    private static bool IsIdentity(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
            if (rows[i] != i) return false;
        return true;
    }

    private static ChangeKind[]? GatherKinds(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        if (batch.IsInsertOnly) return null;
        var kinds = new ChangeKind[rows.Length];
        for (int i = 0; i < rows.Length; i++) kinds[i] = batch.KindOf(rows[i]);
        return kinds;
    }
}
