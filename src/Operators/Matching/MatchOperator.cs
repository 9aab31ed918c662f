using Millrace.Operators.Expressions;
using Millrace.Operators.Rows;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;
using Millrace.Shared.Types;

namespace Millrace.Operators.Matching;

/// <summary>
/// MATCH_RECOGNIZE in event time. Rows wait by partition until the watermark has passed their time, then they
/// are run through the pattern in order (<see cref="MatchRunner"/>). A row at or below the watermark is too
/// late: it is dropped and counted.
/// </summary>
/// <remarks>
/// A row costs no object: the columns that are still needed are copied into a <see cref="RowStore"/>,
/// conditions that look at the row alone are computed for the whole batch when it arrives, and partial
/// matches are numbers. A snapshot takes references alone: partitions and the counts of partial matches are
/// copied when they are changed while it lives (<see cref="SlotStore"/>), rows never change and their slots
/// wait for it (<see cref="RowStore"/>).
/// </remarks>
internal sealed class MatchOperator : IOperator
{
    /// <summary>Rows whose slots wait for the matches that refer to them to be emitted.</summary>
    private const int MostUnfreed = 65_536;

    private readonly MatchPlan _plan;
    private readonly KeptColumns _kept;
    private readonly SlotTable _keys;
    private readonly WaitingOrder _order;
    private readonly List<int> _unfreed = [];
    private readonly List<int> _idle = [];
    private MatchConditions _conditions = null!;
    private MatchRunner _runner = null!;
    private MatchOutput _output = null!;
    private PartitionTable _partitions = null!;
    private OperatorContext _context = null!;
    private Counter _late = null!;
    private Watermark _watermark = Watermark.None;
    private int[] _slots = [];
    private int[] _partitionSlots = [];
    private uint[] _fits = [];

    public MatchOperator(MatchPlan plan)
    {
        _plan = plan;
        _keys = PartitionTable.NewTable([.. plan.PartitionBy.Select(c => plan.Input[c].Type)]);
        _kept = new KeptColumns(plan, _keys.Store);
        _order = new WaitingOrder(plan, _kept);
    }

    public void Open(OperatorContext context, IBatchOutput output)
    {
        _context = context;
        var evaluation = new EvaluationContext(context.Time, context.TimeZone);
        _conditions = new MatchConditions(_plan, _kept, evaluation);
        _output = new MatchOutput(_plan, _keys, _kept, evaluation, output);
        _runner = new MatchRunner(_plan, MatchNfa.Compile(_plan.Pattern), _conditions, _output);
        _partitions = new PartitionTable(_keys, _runner.Start);
        _late = context.Metrics.Counter("numLateRecordsDropped");
    }

    public void Restore(IStateReader state) =>
        new MatchStateReader(_plan, _kept, _partitions, _runner.Counts, _context.MaxParallelism)
            .Read(state, Schedule);

    public void Process(int input, ColumnBatch batch)
    {
        ColumnBatch onTime = DropLate(batch);
        Buffer(onTime);
        if (onTime != batch) onTime.Release();
    }

    public Watermark OnWatermark(Watermark watermark)
    {
        _watermark = watermark;
        while (_partitions.TryTakeDue(watermark.Milliseconds, out MatchPartition? partition)) Run(partition);
        _output.Flush();
        FreeRows();
        return watermark;
    }

    public void EndOfInput(int input)
    {
    }

    public void BeforeBarrier(Barrier barrier)
    {
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) =>
        MatchSnapshot.Take(_plan, _kept, _partitions, _runner.Counts, _context.MaxParallelism);

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void Dispose()
    {
    }

    /// <returns>The batch itself, or a batch of the rows that are not late, to be released.</returns>
    private ColumnBatch DropLate(ColumnBatch batch)
    {
        var times = (FixedColumn<long>)batch.Columns[_plan.TimeColumn];
        long bound = _watermark.Milliseconds;
        int late = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (times.IsNull(row))
                throw new MillraceException(
                    ErrorKind.Invalid, $"A row's time '{_plan.Input[_plan.TimeColumn].Name}' is NULL: "
                        + "MATCH_RECOGNIZE cannot order it.");
            if (times[row] <= bound && _watermark != Watermark.None) late++;
        }
        if (late == 0) return batch;
        _late.Add(late);
        int[] kept = [.. Enumerable.Range(0, batch.RowCount).Where(row => times[row] > bound)];
        return batch.Gather(kept);
    }

    private void Buffer(ColumnBatch batch)
    {
        int count = batch.RowCount;
        if (count == 0) return;
        MakeRoom(count);
        var key = new Column[_plan.PartitionBy.Length];
        for (int k = 0; k < key.Length; k++) key[k] = batch.Columns[_plan.PartitionBy[k]];
        _partitions.FindOrAdd(key, _partitionSlots.AsSpan(0, count));
        _conditions.Fill(batch, _fits.AsSpan(0, count));
        _kept.Rows.AddAll(_kept.Select(batch), _slots.AsSpan(0, count));
        ReadOnlySpan<long> times = ((FixedColumn<long>)batch.Columns[_plan.TimeColumn]).Values;
        for (int row = 0; row < count; row++)
        {
            MatchPartition partition = _partitions[_partitionSlots[row]];
            partition.AddWaiting(times[row], _slots[row], _fits[row]);
            _partitions.Wake(partition, times[row]);
        }
    }

    private void MakeRoom(int count)
    {
        if (_slots.Length >= count) return;
        _partitionSlots = new int[count];
        _slots = new int[count];
        _fits = new uint[count];
    }

    /// <summary>Runs the rows whose time the watermark has passed, then time itself.</summary>
    private void Run(MatchPartition partition)
    {
        _order.Sort(partition);
        ReadOnlySpan<MatchRow> waiting = partition.Waiting.Span;
        int due = 0;
        for (; due < waiting.Length && waiting[due].Time <= _watermark.Milliseconds; due++)
        {
            if (due == 0 || waiting[due].Time != waiting[due - 1].Time)
                _runner.Advance(partition, waiting[due].Time);
            partition.Held.Add(waiting[due]);
            _runner.Process(partition);
            if (partition.Partials.Count == 1) Release(partition);
        }
        partition.Waiting.RemoveFirst(due);
        _runner.Advance(partition, _watermark.Milliseconds);
        Release(partition);
        if (partition.IsIdle)
        {
            _idle.Add(partition.Slot);
        }
        else
        {
            Schedule(partition);
        }
    }

    /// <summary>When the next row is due, or the oldest partial match will be too old.</summary>
    private void Schedule(MatchPartition partition)
    {
        if (partition.Waiting.Count > 0) _partitions.Wake(partition, partition.FirstWaitingTime);
        PartialMatch oldest = partition.Partials.First;
        if (_plan.WithinMs > 0 && !oldest.IsStart)
            _partitions.Wake(partition, oldest.FirstTime + _plan.WithinMs);
    }

    /// <summary>Gives up the rows before the first one that a partial or waiting match holds.</summary>
    private void Release(MatchPartition partition)
    {
        long first = partition.FirstHeld + partition.Held.Count;
        if (partition.Partials.Count > 0) first = Math.Min(first, partition.Partials.First.FirstRow);
        if (partition.Complete.Count > 0) first = Math.Min(first, partition.Complete.First.FirstRow);
        int count = (int)(first - partition.FirstHeld);
        if (count == 0) return;
        foreach (MatchRow row in partition.Held.Span[..count]) _unfreed.Add(row.Slot);
        partition.Held.RemoveFirst(count);
        partition.FirstHeld = first;
        if (_output.Count == 0) FreeRows();
        else if (_unfreed.Count > MostUnfreed)
        {
            _output.Flush();
            FreeRows();
        }
    }

    private void FreeRows()
    {
        foreach (int slot in _unfreed) _kept.Rows.Free(slot);
        foreach (int slot in _idle) _partitions.Remove(slot);
        _unfreed.Clear();
        _idle.Clear();
    }
}
