using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.State;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// Unbounded GROUP BY over a changelog, a batch at a time: finds the group of every row, remembers what each
/// group touched was, lets each aggregate run over the whole batch, and sends one net change a group.
/// </summary>
/// <remarks>
/// <para>The result after any number of batches is that of Flink's row by row, whatever the batches are: a
/// retraction for a group without rows is ignored (so the leading ones of a bundle are left out for that
/// group alone, FLINK-35661), and a group that falls to no rows and comes back begins empty, also within a
/// batch. For that the rows of a changelog are counted one by one first; where a group comes back, the rows
/// before it are aggregated, the group is emptied, and the rest of the batch goes on.</para>
/// <para>Mini-batch only puts the output off: rows are aggregated when they come, and the bundle is the
/// groups touched with what they were, so its size is bounded by the groups, not by the rows. It ends at the
/// first batch that fills it, after the latency, before a barrier, at the last watermark and at the end of
/// input.</para>
/// <para>TTL: a group not written for so long is gone, silently, and the next row of its key begins a new
/// one. Batches look at a few slots each to remove what nobody asks for any more; snapshots leave it
/// out.</para>
/// </remarks>
internal sealed class GroupAggregateOperator(GroupAggregatePlan plan) : IOperator
{
    private const int MinSweepSteps = 16;
    private readonly GroupTable _groups = new(plan);
    private readonly GroupBundle _bundle = new();
    private readonly HashSet<int> _emptied = [];
    private readonly bool _needsBefore = NeedsBefore(plan);
    private OperatorContext? _context;
    private IBatchOutput? _output;
    private GroupChangelog? _changelog;
    private IDisposable? _timer;
    private int[] _slots = [];
    private nint[] _addresses = [];
    private sbyte[] _signs = [];
    private int _bundleMark = 2;
    private long _bundleRows;
    private long _nextSerial = 1;
    private int _sweepAt;

    /// <summary>Whether the input may take rows back.</summary>
    public bool Retracts => plan.InputRetracts;

    public void Open(OperatorContext context, IBatchOutput output)
    {
        _context = context;
        _output = output;
        _changelog = new GroupChangelog(plan, _groups);
        context.Metrics.Gauge("numKeys", () => _groups.Table.Count);
    }

    public void Restore(IStateReader state) =>
        _nextSerial = GroupSnapshot.Read(state, _groups, _context!) + 1;

    public void Process(int input, ColumnBatch batch)
    {
        int count = batch.RowCount;
        if (count == 0) return;
        Grow(count);
        Span<int> slots = _slots.AsSpan(0, count);
        Span<nint> addresses = _addresses.AsSpan(0, count);
        _groups.FindGroups(batch, slots, addresses);
        Touch(slots, addresses);
        if (plan.InputRetracts) TakeChangelog(batch, slots, addresses);
        else TakeInserts(batch, slots, addresses);
        _bundleRows += count;
        if (plan.MiniBatch is not { } bundle || (bundle.CountsGroups ? _bundle.Count : _bundleRows) >= bundle.Size) EndBundle();
        else _timer ??= _context!.Mailbox.Schedule(
            TimeSpan.FromMilliseconds(plan.MiniBatch.AllowLatencyMs), EndBundle);
        Sweep(Math.Max(MinSweepSteps, count / 2));
    }

    public Watermark OnWatermark(Watermark watermark)
    {
        if (watermark == Watermark.Max) EndBundle();
        return watermark;
    }

    public void EndOfInput(int input) => EndBundle();

    public void BeforeBarrier(Barrier barrier) => EndBundle();

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) =>
        new GroupSnapshot(_groups, plan.TtlMs, NowMs(), _context!.MaxParallelism);

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _bundle.Dispose();
    }

    /// <summary>
    /// Without retractions COUNT(*) rises with every row, so that every touched group has changed.
    /// </summary>
    private static bool NeedsBefore(GroupAggregatePlan plan) =>
        plan.EmitUpdateBefore || plan.InputRetracts
        || (plan.TtlMs == 0
            && !plan.Aggregates.Any(a => a is { Function: "COUNT", Arguments.Length: 0, Filter: < 0 }));

    private void Grow(int count)
    {
        if (_slots.Length >= count) return;
        _slots = new int[count];
        _addresses = new nint[count];
        _signs = new sbyte[count];
    }

    /// <summary>Notes the groups that the bundle touches first, with what they are now.</summary>
    private void Touch(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        int first = _bundle.Count;
        long now = plan.TtlMs > 0 ? NowMs() : 0;
        for (int row = 0; row < slots.Length; row++)
        {
            ref int mark = ref SlotTable.Mark(addresses[row]);
            if (mark == _bundleMark) continue;
            mark = _bundleMark;
            Touch(slots[row], addresses[row], now);
        }
        bool isFirst = _bundle.Count > first;
        _bundle.EndPart(first, isFirst && _needsBefore ? _groups.Results(_bundle.Slots[first..]) : null);
    }

    private void Touch(int slot, nint address, long now)
    {
        if (plan.TtlMs > 0)
        {
            if (IsExpired(address, now)) _groups.Reset(slot);
            GroupTable.Word(address, _groups.WrittenOffset) = now;
        }
        bool exists = GroupTable.Word(address, _groups.RowsOffset) > 0;
        if (!exists && _groups.SerialOffset >= 0)
            GroupTable.Word(address, _groups.SerialOffset) = NewSerial(slot);
        _bundle.Touch(slot, exists);
    }

    private void TakeInserts(ColumnBatch batch, ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        int offset = _groups.RowsOffset;
        foreach (nint address in addresses) GroupTable.Word(address, offset)++;
        _groups.Accumulate(AggregateRows.Range(0, slots.Length, slots, addresses, default), batch);
    }

    private void TakeChangelog(ColumnBatch batch, ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        int first = 0;
        for (int row = 0; row < slots.Length; row++)
        {
            bool adds = batch.KindOf(row).IsAddition();
            ref long rows = ref GroupTable.Word(addresses[row], _groups.RowsOffset);
            _signs[row] = adds ? (sbyte)1 : rows == 0 ? (sbyte)0 : (sbyte)-1;
            if (adds && rows == 0 && _emptied.Count > 0 && _emptied.Remove(slots[row]))
            {
                Accumulate(batch, first, row, slots, addresses);
                first = row;
                Empty(slots[row], addresses[row]);
            }
            rows += _signs[row];
            if (rows == 0 && _signs[row] < 0) _emptied.Add(slots[row]);
        }
        Accumulate(batch, first, slots.Length, slots, addresses);
    }

    private void Accumulate(
        ColumnBatch batch, int first, int end, ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses)
    {
        if (end == first) return;
        ReadOnlySpan<sbyte> signs = _signs.AsSpan(0, slots.Length);
        if (!signs[first..end].ContainsAnyExcept((sbyte)1)) signs = default;
        _groups.Accumulate(AggregateRows.Range(first, end - first, slots, addresses, signs), batch);
    }

    /// <summary>The group begins anew within a bundle.</summary>
    private void Empty(int slot, nint address)
    {
        _groups.Reset(slot);
        if (_groups.WrittenOffset >= 0) GroupTable.Word(address, _groups.WrittenOffset) = NowMs();
        if (_groups.SerialOffset >= 0) GroupTable.Word(address, _groups.SerialOffset) = NewSerial(slot);
    }

    private void EndBundle()
    {
        _timer?.Dispose();
        _timer = null;
        _bundleRows = 0;
        if (_bundle.Count == 0) return;
        _changelog!.Emit(_bundle, _output!);
        foreach (int slot in plan.InputRetracts ? _bundle.Slots : [])
            if (GroupTable.Word(_groups.Table.Store.Address(slot), _groups.RowsOffset) <= 0)
                _groups.Table.Remove(slot);
        _emptied.Clear();
        _bundle.Clear();
        NextMark();
    }

    /// <summary>Marks tell bundles apart; when they run out, all begin again.</summary>
    private void NextMark()
    {
        if (++_bundleMark < int.MaxValue) return;
        for (int slot = 0; slot < _groups.Table.SlotCount; slot++)
            if (_groups.Table.IsLive(slot)) SlotTable.Mark(_groups.Table.Writable(slot)) = 1;
        _bundleMark = 2;
    }

    /// <summary>
    /// Serials of one key group are never used twice, also not by the subtask that owns it next.
    /// </summary>
    private long NewSerial(int slot)
    {
        int keyGroup = Shared.Keys.KeyGroups.Of(_groups.Table.HashOf(slot), _context!.MaxParallelism);
        return GroupSnapshot.Serial(keyGroup, _nextSerial++);
    }

    private bool IsExpired(nint address, long now) =>
        GroupTable.Word(address, _groups.RowsOffset) > 0
        && now - GroupTable.Word(address, _groups.WrittenOffset) >= plan.TtlMs;

    /// <summary>
    /// Between bundles: removes expired groups and what groups that are gone left in distinct sets.
    /// </summary>
    private void Sweep(int steps)
    {
        if (_bundle.Count > 0) return;
        if (plan.TtlMs > 0) SweepGroups(steps);
        if (plan.TtlMs == 0 && !plan.InputRetracts) return;
        foreach (DistinctSet set in _groups.DistinctSets)
            set.Sweep(steps, _groups.Table, _groups.SerialOffset);
    }

    private void SweepGroups(int steps)
    {
        SlotTable table = _groups.Table;
        long now = NowMs();
        for (int step = 0; step < steps && table.SlotCount > 0; step++)
        {
            _sweepAt = (_sweepAt + 1) % table.SlotCount;
            if (table.IsLive(_sweepAt) && IsExpired(table.Store.Address(_sweepAt), now))
                table.Remove(_sweepAt);
        }
    }

    private long NowMs() => _context!.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
