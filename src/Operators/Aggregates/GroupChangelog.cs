using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// Turns what groups were and are into a changelog: +I for a new one, -U and +U for one that changed, -D for
/// one without rows; nothing for one that is as it was, unless TTL is on and those downstream must hear that
/// it lives.
/// </summary>
internal sealed class GroupChangelog(GroupAggregatePlan plan, GroupTable groups)
{
    private bool[] _changed = [];
    private int[] _picks = [];
    private ChangeKind[] _kinds = [];

    public void Emit(GroupBundle bundle, IBatchOutput output)
    {
        foreach (GroupBundle.Part part in bundle.Parts)
            Emit(
                bundle.Slots.Slice(part.First, part.Count),
                bundle.Existed.Slice(part.First, part.Count),
                part.Before,
                output);
    }

    private void Emit(
        ReadOnlySpan<int> slots, ReadOnlySpan<bool> existed, Column[]? before, IBatchOutput output)
    {
        Column[] after = groups.Results(slots);
        MarkChanged(slots.Length, before, after);
        int rows = Choose(slots, existed);
        if (rows > 0)
        {
            Column[] keys = groups.Table.ReadKeys(slots);
            for (int first = 0; first < rows; first += ColumnBatch.MaxRows)
            {
                int count = Math.Min(ColumnBatch.MaxRows, rows - first);
                ColumnBatch batch = Build(keys, before ?? after, after, first, count);
                output.Emit(batch);
                batch.Release();
            }
            foreach (Column column in keys) column.Release();
        }
        foreach (Column column in after) column.Release();
    }

    private void MarkChanged(int count, Column[]? before, Column[] after)
    {
        if (_changed.Length < count) _changed = new bool[count];
        Span<bool> changed = _changed.AsSpan(0, count);
        changed.Fill(before is null || plan.TtlMs > 0);
        for (int i = 0; before is not null && plan.TtlMs == 0 && i < after.Length; i++)
            ColumnMerge.MarkChanged(before[i], after[i], plan.Aggregates[i].Type, changed);
    }

    /// <summary>
    /// Decides the rows to send: in <see cref="_picks"/> which (as in <see cref="ColumnMerge.Mix"/>), and
    /// their kinds.
    /// </summary>
    private int Choose(ReadOnlySpan<int> slots, ReadOnlySpan<bool> existed)
    {
        if (_picks.Length < 2 * slots.Length)
        {
            _picks = new int[2 * slots.Length];
            _kinds = new ChangeKind[2 * slots.Length];
        }
        int rows = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            bool exists = GroupTable.Word(groups.Table.Store.Address(slots[i]), groups.RowsOffset) > 0;
            if (exists && !existed[i]) Take(ref rows, 2 * i, ChangeKind.Insert);
            else if (!exists && existed[i]) Take(ref rows, (2 * i) + 1, ChangeKind.Delete);
            else if (exists && _changed[i])
            {
                if (plan.EmitUpdateBefore) Take(ref rows, (2 * i) + 1, ChangeKind.UpdateBefore);
                Take(ref rows, 2 * i, ChangeKind.UpdateAfter);
            }
        }
        return rows;
    }

    private void Take(ref int rows, int pick, ChangeKind kind)
    {
        _picks[rows] = pick;
        _kinds[rows++] = kind;
    }

    private ColumnBatch Build(Column[] keys, Column[] before, Column[] after, int first, int count)
    {
        ReadOnlySpan<int> picks = _picks.AsSpan(first, count);
        var rows = new int[count];
        for (int i = 0; i < count; i++) rows[i] = picks[i] >> 1;
        var columns = new Column[keys.Length + after.Length];
        for (int i = 0; i < keys.Length; i++) columns[i] = keys[i].Gather(rows);
        for (int i = 0; i < after.Length; i++)
            columns[keys.Length + i] = ColumnMerge.Mix(before[i], after[i], plan.Aggregates[i].Type, picks);
        ReadOnlySpan<ChangeKind> kinds = _kinds.AsSpan(first, count);
        return new ColumnBatch(
            columns, count, kinds.ContainsAnyExcept(ChangeKind.Insert) ? kinds.ToArray() : null);
    }
}
