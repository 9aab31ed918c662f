using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using Millrace.Shared.State;
using Millrace.Shared.Types;

namespace Millrace.Operators.Matching;

/// <summary>
/// Puts the partitions that <see cref="MatchSnapshot"/> wrote back into an operator's tables.
/// </summary>
internal sealed class MatchStateReader
{
    private readonly KeptColumns _kept;
    private readonly PartitionTable _partitions;
    private readonly RowCounts _counts;
    private readonly RowCodec _keyCodec;
    private readonly RowCodec _rowCodec;
    private readonly ColumnBuilder[] _keyBuilders;
    private readonly ColumnBuilder[] _rowBuilders;
    private readonly int _maxParallelism;

    public MatchStateReader(
        MatchPlan plan, KeptColumns kept, PartitionTable partitions, RowCounts counts, int maxParallelism)
    {
        LogicalType[] keyTypes = [.. plan.PartitionBy.Select(c => plan.Input[c].Type)];
        _kept = kept;
        _partitions = partitions;
        _counts = counts;
        _keyCodec = new RowCodec(keyTypes);
        _rowCodec = new RowCodec(kept.Types);
        _keyBuilders = [.. keyTypes.Select(t => ColumnBuilder.Create(t))];
        _rowBuilders = [.. kept.Types.Select(t => ColumnBuilder.Create(t))];
        _maxParallelism = maxParallelism;
    }

    /// <param name="onPartition">Called with each partition that was read.</param>
    public void Read(IStateReader state, Action<MatchPartition> onPartition) => state.ReadKeyed(
        (keyGroup, name, key, value) =>
    {
        if (name != MatchSnapshot.State) return;
        MatchPartition partition = ReadKey(key, keyGroup);
        ReadValue(partition, value);
        onPartition(partition);
    });

    private MatchPartition ReadKey(ReadOnlySpan<byte> bytes, int keyGroup)
    {
        _keyCodec.Decode(bytes, _keyBuilders);
        Column[] key = [.. _keyBuilders.Select(b => b.Build())];
        Span<int> hash = stackalloc int[1];
        KeyHasher.Hash(key, hash);
        Invariant.Check(KeyGroups.Of(hash[0], _maxParallelism) == keyGroup);
        foreach (Column column in key) column.Release();
        return _partitions.Restore(hash[0], bytes);
    }

    private void ReadValue(MatchPartition partition, ReadOnlySpan<byte> value)
    {
        int waiting = StateNumbers.ReadInt32(ref value);
        int held = StateNumbers.ReadInt32(ref value);
        int partials = StateNumbers.ReadInt32(ref value);
        int complete = StateNumbers.ReadInt32(ref value);
        ReadRows(partition, waiting, held, ref value);
        partition.Partials.Clear();
        for (int i = 0; i < partials; i++) partition.Partials.Add(ReadMatch(partition, ref value));
        for (int i = 0; i < complete; i++) partition.Complete.Add(ReadMatch(partition, ref value));
    }

    private void ReadRows(MatchPartition partition, int waiting, int held, ref ReadOnlySpan<byte> value)
    {
        var times = new long[waiting + held];
        var fits = new uint[times.Length];
        for (int row = 0; row < times.Length; row++)
        {
            times[row] = StateNumbers.ReadInt64(ref value);
            fits[row] = (uint)StateNumbers.ReadInt32(ref value);
            value = _rowCodec.Decode(value, _rowBuilders);
        }
        Column[] columns = [.. _rowBuilders.Select(b => b.Build())];
        var slots = new int[times.Length];
        _kept.Rows.AddAll(columns, slots);
        foreach (Column column in columns) column.Release();
        for (int row = 0; row < waiting; row++) partition.AddWaiting(times[row], slots[row], fits[row]);
        for (int row = waiting; row < times.Length; row++)
            partition.Held.Add(new MatchRow(times[row], slots[row], fits[row], 0));
    }

    private PartialMatch ReadMatch(MatchPartition partition, ref ReadOnlySpan<byte> value)
    {
        int first = StateNumbers.ReadInt32(ref value);
        long time = StateNumbers.ReadInt64(ref value);
        int state = StateNumbers.ReadInt32(ref value);
        int counts = first < 0 ? RowCounts.None : _counts.Copy(RowCounts.None);
        for (int v = 0; v < _counts.Variables; v++)
        {
            int count = StateNumbers.ReadInt32(ref value);
            if (counts != RowCounts.None) _counts.Set(counts, v, count);
        }
        return first < 0
            ? PartialMatch.Start(state) : new PartialMatch(partition.FirstHeld + first, time, state, counts);
    }
}
