using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The groups of a GROUP BY: a slot each, with the count of its rows, when it was last written (with TTL),
/// its serial (with DISTINCT), and the state of its aggregates side by side.
/// </summary>
internal sealed unsafe class GroupTable
{
    private readonly GroupAggregatePlan _plan;
    private readonly SlotAggregate[] _aggregates;
    private readonly List<Step> _steps = [];
    private readonly Column[] _keys;
    private int[] _selected = [];
    private nint[] _addresses = [];

    public GroupTable(GroupAggregatePlan plan)
    {
        _plan = plan;
        _keys = new Column[plan.Keys.Length];
        LogicalType[] keyTypes = [.. plan.Keys.Select(k => plan.Input[k].Type)];
        int words = 1 + (plan.TtlMs > 0 ? 1 : 0) + (plan.Aggregates.Any(UsesDistinct) ? 1 : 0);
        int first = SlotTable.KeyOffset + KeyLayout.For(keyTypes).Words;
        RowsOffset = first;
        WrittenOffset = plan.TtlMs > 0 ? first + 1 : -1;
        SerialOffset = plan.Aggregates.Any(UsesDistinct) ? first + words - 1 : -1;
        _aggregates = [.. plan.Aggregates.Select(Create)];
        Table = new SlotTable(
            keyTypes, words + _aggregates.Sum(a => a.Words), _aggregates.Sum(a => a.Objects));
        Place(first + words);
        BuildSteps();
    }

    public SlotTable Table { get; }

    /// <summary>The word that counts the rows of a group; 0 in a group that does not exist.</summary>
    public int RowsOffset { get; }

    /// <summary>The word with the millisecond of the last change, or -1 without TTL.</summary>
    public int WrittenOffset { get; }

    /// <summary>
    /// The word with the number of the group that is never used again, or -1 without DISTINCT.
    /// </summary>
    public int SerialOffset { get; }

    public IReadOnlyList<SlotAggregate> Aggregates => _aggregates;

    public List<DistinctSet> DistinctSets { get; } = [];

    public static ref long Word(nint address, int offset) => ref ((long*)address)[offset];

    /// <summary>The group of each row of the batch.</summary>
    public void FindGroups(ColumnBatch batch, Span<int> slots, Span<nint> addresses)
    {
        for (int i = 0; i < _keys.Length; i++) _keys[i] = batch.Columns[_plan.Keys[i]];
        Table.FindOrAdd(_keys, batch.RowCount, slots, addresses);
    }

    /// <summary>Gives rows to all aggregates.</summary>
    public void Accumulate(in AggregateRows rows, ColumnBatch batch)
    {
        foreach (Step step in _steps)
        {
            if (step.Filter < 0)
            {
                step.Accumulate(rows, batch);
                continue;
            }
            int selected = WhereTrue((FixedColumn<bool>)batch.Columns[step.Filter], rows);
            if (selected > 0) step.Accumulate(rows.Select(_selected.AsSpan(0, selected), rows.Signs), batch);
        }
        foreach (DistinctSet set in DistinctSets) set.Accumulate(rows, batch, SerialOffset);
    }

    /// <summary>The aggregates of the groups, one column each, owned by the caller.</summary>
    public Column[] Results(ReadOnlySpan<int> slots)
    {
        if (_addresses.Length < slots.Length) _addresses = new nint[slots.Length];
        for (int i = 0; i < slots.Length; i++) _addresses[i] = Table.Store.Address(slots[i]);
        var results = new Column[_aggregates.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = _aggregates[i].Results(slots, _addresses.AsSpan(0, slots.Length));
        return results;
    }

    /// <summary>Empties the group; key and mark stay.</summary>
    public void Reset(int slot)
    {
        nint address = Table.Writable(slot);
        new Span<long>((long*)address + Table.StateOffset, Table.Store.Words - Table.StateOffset).Clear();
        if (Table.Store.Objects > 0) Table.Store.ObjectsOf(slot).Clear();
    }

    private static bool UsesDistinct(AggregateCall call) =>
        call.IsDistinct && call.Arguments.Length == 1 && call.Function is not ("MIN" or "MAX");

    private SlotAggregate Create(AggregateCall call)
    {
        if (call is { Function: "COUNT", Arguments.Length: 0, Filter: < 0 })
            return new GroupRowsAggregate(RowsOffset);
        LogicalType[] arguments = [.. call.Arguments.Select(a => _plan.Input[a].Type)];
        return new AggregateFactory(_plan.InputRetracts)
            .Create(call.Function, arguments, call.Type, call.Options);
    }

    private void Place(int offset)
    {
        int objectOffset = 0;
        foreach (SlotAggregate aggregate in _aggregates)
        {
            aggregate.Place(Table.Store, offset, objectOffset);
            offset += aggregate.Words;
            objectOffset += aggregate.Objects;
        }
    }

    private void BuildSteps()
    {
        var calls = _plan.Aggregates.Zip(_aggregates, (call, aggregate) => (Call: call, Aggregate: aggregate))
            .ToList();
        foreach (var byFilter in calls.Where(c => !UsesDistinct(c.Call)).GroupBy(c => c.Call.Filter))
            _steps.Add(
                new Step(byFilter.Key, [.. byFilter.Select(c => (c.Aggregate, c.Call.Arguments.ToArray()))]));
        foreach (var byArgument in calls.Where(c => UsesDistinct(c.Call)).GroupBy(c => c.Call.Arguments[0]))
            DistinctSets.Add(new DistinctSet(
                byArgument.Key,
                _plan.Input[byArgument.Key].Type,
                byArgument.GroupBy(c => c.Call.Filter)
                    .Select(f => new DistinctBranch(f.Key, [.. f.Select(c => c.Aggregate)])),
                byArgument.Any(c => c.Call.Function is "ARRAY_AGG" or "JSON_ARRAYAGG"),
                _plan.InputRetracts || byArgument.All(c => c.Call.Filter >= 0)));
    }

    /// <returns>How many rows pass, in <see cref="_selected"/>.</returns>
    private int WhereTrue(FixedColumn<bool> filter, in AggregateRows rows)
    {
        if (_selected.Length < rows.Slots.Length) _selected = new int[rows.Slots.Length];
        int count = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            int row = rows[i];
            _selected[count] = row;
            if (filter[row] && !filter.IsNull(row)) count++;
        }
        return count;
    }

    /// <summary>The aggregates that take the same rows.</summary>
    private sealed class Step(int filter, (SlotAggregate Aggregate, int[] Arguments)[] aggregates)
    {
        private readonly Column[][] _arguments = [.. aggregates.Select(a => new Column[a.Arguments.Length])];

        public int Filter { get; } = filter;

        public void Accumulate(in AggregateRows rows, ColumnBatch batch)
        {
            for (int i = 0; i < aggregates.Length; i++)
            {
                for (int c = 0; c < _arguments[i].Length; c++)
                    _arguments[i][c] = batch.Columns[aggregates[i].Arguments[c]];
                aggregates[i].Aggregate.Accumulate(rows, _arguments[i]);
            }
        }
    }
}
