using System.Buffers;
using System.Runtime.InteropServices;
using Millrace.Operators.Rows;
using Millrace.Shared.Columns;
using Millrace.Shared.Keys;
using Millrace.Shared.State;

namespace Millrace.Operators.Matching;

/// <summary>
/// The partitions at a checkpoint. What the subtask does itself is to copy arrays; another thread makes
/// entries of them: state <c>partition</c>, the key's encoded partition columns.
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

    private readonly MatchPlan _plan;
    private readonly KeptColumns _kept;
    private readonly RowStore _rows;
    private readonly RowStore _keys;
    private readonly List<Part> _parts = [];
    private readonly List<MatchRow> _allRows = [];
    private readonly List<PartialMatch> _allMatches = [];
    private readonly List<int> _allCounts = [];

    private MatchSnapshot(MatchPlan plan, KeptColumns kept, RowStore keys)
    {
        _plan = plan;
        _kept = kept;
        _rows = kept.Rows.Clone();
        _keys = keys.Clone();
    }

    public static MatchSnapshot? Take(
        MatchPlan plan, KeptColumns kept, RowStore keys, PartitionTable partitions, RowCounts counts,
        int maxParallelism)
    {
        if (partitions.Count == 0) return null;
        var snapshot = new MatchSnapshot(plan, kept, keys);
        foreach (MatchPartition partition in partitions.All) snapshot.Copy(partition, counts, maxParallelism);
        return snapshot;
    }

    public void WriteTo(IStateWriter writer)
    {
        _parts.Sort((left, right) => left.KeyGroup.CompareTo(right.KeyGroup));
        var keyCodec = new RowCodec(_plan.PartitionBy.Select(c => _plan.Input[c].Type));
        var rowCodec = new RowCodec(_kept.Types);
        var key = new ArrayBufferWriter<byte>();
        var value = new ArrayBufferWriter<byte>();
        foreach (Part part in _parts)
        {
            key.ResetWrittenCount();
            value.ResetWrittenCount();
            Encode(keyCodec, _keys, [part.KeySlot], key, null);
            WriteValue(part, rowCodec, value);
            writer.Keyed(part.KeyGroup, State, key.WrittenSpan, value.WrittenSpan);
        }
    }

    public void Dispose()
    {
        _parts.Clear();
        _allRows.Clear();
        _allMatches.Clear();
        _allCounts.Clear();
    }

    private void Copy(MatchPartition partition, RowCounts counts, int maxParallelism)
    {
        _parts.Add(new Part(
            KeyGroups.Of(partition.Hash, maxParallelism),
            partition.KeySlot,
            partition.FirstHeld,
            _allRows.Count,
            partition.Waiting.Count,
            partition.Held.Count,
            _allMatches.Count,
            partition.Partials.Count,
            partition.Complete.Count));
        _allRows.AddRange(partition.Waiting.Span);
        _allRows.AddRange(partition.Held.Span);
        Copy(partition.Partials.Items, counts);
        Copy(partition.Complete.Items, counts);
    }

    /// <summary>The counts move to a list of the snapshot's own.</summary>
    private void Copy(ReadOnlySpan<PartialMatch> matches, RowCounts counts)
    {
        foreach (PartialMatch match in matches)
        {
            _allMatches.Add(match with { Counts = _allCounts.Count });
            ReadOnlySpan<int> numbers = counts.Of(match.Counts);
            if (numbers.IsEmpty) CollectionsMarshal.SetCount(_allCounts, _allCounts.Count + counts.Variables);
            else _allCounts.AddRange(numbers);
        }
    }

    private void WriteValue(Part part, RowCodec codec, ArrayBufferWriter<byte> value)
    {
        foreach (int count in (ReadOnlySpan<int>)[part.Waiting, part.Held, part.Partials, part.Complete])
            StateNumbers.Write(value, count);
        Span<MatchRow> rows =
            CollectionsMarshal.AsSpan(_allRows).Slice(part.FirstRow, part.Waiting + part.Held);
        // Sorted or not, equal times must come back in the order in which they arrived.
        rows[..part.Waiting].Sort((left, right) => left.Arrival.CompareTo(right.Arrival));
        var slots = new int[rows.Length];
        for (int i = 0; i < slots.Length; i++) slots[i] = rows[i].Slot;
        MatchRow[] copied = rows.ToArray();
        Encode(codec, _rows, slots, value, row =>
        {
            StateNumbers.Write(value, copied[row].Time);
            StateNumbers.Write(value, (int)copied[row].Fits);
        });
        for (int m = part.FirstMatch; m < part.FirstMatch + part.Partials + part.Complete; m++)
        {
            PartialMatch match = _allMatches[m];
            StateNumbers.Write(value, match.IsStart ? -1 : (int)(match.FirstRow - part.FirstHeld));
            StateNumbers.Write(value, match.FirstTime);
            StateNumbers.Write(value, match.State);
            for (int v = 0; v < _plan.Variables.Length; v++)
                StateNumbers.Write(value, _allCounts[match.Counts + v]);
        }
    }

    private static void Encode(
        RowCodec codec, RowStore store, ReadOnlySpan<int> slots, ArrayBufferWriter<byte> output,
        Action<int>? before)
    {
        var columns = new Column[store.ColumnCount];
        store.Gather(slots, columns);
        for (int row = 0; row < slots.Length; row++)
        {
            before?.Invoke(row);
            codec.Encode(columns, row, output);
        }
        foreach (Column column in columns) column.Release();
    }

    /// <summary>
    /// One partition: where its rows and matches begin in the lists, and how many there are.
    /// </summary>
    private readonly record struct Part(
        int KeyGroup,
        int KeySlot,
        long FirstHeld,
        int FirstRow,
        int Waiting,
        int Held,
        int FirstMatch,
        int Partials,
        int Complete);
}
