using System.Buffers;
using Millrace.Operators.Rows;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.State;

namespace Millrace.Operators.Matching;

/// <summary>
/// The partitions at a checkpoint. Taking it costs the references to pages and arrays, however many rows
/// there are; another thread makes entries of them: state <c>partition</c>, the key's encoded partition
/// columns.
/// </summary>
/// <remarks>
/// A value is: int32 waiting rows, int32 held rows, int32 partial matches, int32 complete matches; the rows
/// in that order, waiting ones as they arrived, each int64 time, uint32 condition bits and the kept columns
/// (row codec); the matches in the order of their queues, each int32 index of the first row held (-1 where it
/// has not begun), int64 time of that row, int32 state of the automaton and an int32 count of rows a
/// variable. Numbers are little-endian.
/// </remarks>
internal sealed class MatchSnapshot : IStateSnapshot
{
    public const string State = "partition";

    private readonly int _variables;
    private readonly int _maxParallelism;
    private readonly RowCodec _codec;
    private readonly RowStore _rows;
    private readonly SlotTableSnapshot _partitions;
    private readonly RowCountsSnapshot _counts;
    private readonly Column[] _columns;
    private readonly ArrayBufferWriter<byte> _key = new();
    private readonly ArrayBufferWriter<byte> _value = new();
    private MatchRow[] _partRows = [];
    private int[] _partSlots = [];

    private MatchSnapshot(
        MatchPlan plan, KeptColumns kept, PartitionTable partitions, RowCounts counts, int maxParallelism)
    {
        _variables = plan.Variables.Length;
        _maxParallelism = maxParallelism;
        _codec = new RowCodec(kept.Types);
        _columns = new Column[kept.Types.Length];
        _rows = kept.Rows.Share();
        _partitions = partitions.Snapshot();
        _counts = counts.Snapshot();
    }

    public static MatchSnapshot? Take(
        MatchPlan plan, KeptColumns kept, PartitionTable partitions, RowCounts counts, int maxParallelism) =>
        partitions.Count == 0 ? null : new MatchSnapshot(plan, kept, partitions, counts, maxParallelism);

    public void WriteTo(IStateWriter writer)
    {
        (int[] slots, int[] starts) = _partitions.ByKeyGroup(_maxParallelism);
        for (int keyGroup = 0; keyGroup < _maxParallelism; keyGroup++)
        {
            for (int i = starts[keyGroup]; i < starts[keyGroup + 1]; i++)
            {
                _key.ResetWrittenCount();
                _value.ResetWrittenCount();
                _partitions.WriteKey(slots[i], _key);
                WriteValue((MatchPartition)_partitions.ObjectsOf(slots[i])[0]!);
                writer.Keyed(keyGroup, State, _key.WrittenSpan, _value.WrittenSpan);
            }
        }
    }

    public void Dispose()
    {
        _partitions.Dispose();
        _counts.Dispose();
    }

    private void WriteValue(MatchPartition partition)
    {
        StateNumbers.Write(_value, partition.Waiting.Count);
        StateNumbers.Write(_value, partition.Held.Count);
        StateNumbers.Write(_value, partition.Partials.Count);
        StateNumbers.Write(_value, partition.Complete.Count);
        WriteRows(partition);
        foreach (PartialMatch match in partition.Partials.Items) WriteMatch(match, partition.FirstHeld);
        foreach (PartialMatch match in partition.Complete.Items) WriteMatch(match, partition.FirstHeld);
    }

    private void WriteRows(MatchPartition partition)
    {
        int waiting = partition.Waiting.Count;
        int count = waiting + partition.Held.Count;
        if (_partRows.Length < count) (_partRows, _partSlots) = (new MatchRow[count], new int[count]);
        partition.Waiting.Span.CopyTo(_partRows);
        partition.Held.Span.CopyTo(_partRows.AsSpan(waiting));
        // Sorted or not, equal times must come back in the order in which they arrived.
        _partRows.AsSpan(0, waiting).Sort((left, right) => left.Arrival.CompareTo(right.Arrival));
        for (int row = 0; row < count; row++) _partSlots[row] = _partRows[row].Slot;
        _rows.Gather(_partSlots.AsSpan(0, count), _columns);
        for (int row = 0; row < count; row++)
        {
            StateNumbers.Write(_value, _partRows[row].Time);
            StateNumbers.Write(_value, (int)_partRows[row].Fits);
            _codec.Encode(_columns, row, _value);
        }
        foreach (Column column in _columns) column.Release();
    }

    private void WriteMatch(PartialMatch match, long firstHeld)
    {
        StateNumbers.Write(_value, match.IsStart ? -1 : (int)(match.FirstRow - firstHeld));
        StateNumbers.Write(_value, match.FirstTime);
        StateNumbers.Write(_value, match.State);
        ReadOnlySpan<int> counts = match.Counts == RowCounts.None ? [] : _counts.Of(match.Counts);
        for (int v = 0; v < _variables; v++) StateNumbers.Write(_value, counts.IsEmpty ? 0 : counts[v]);
    }
}
