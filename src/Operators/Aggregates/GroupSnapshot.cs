using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Millrace.Operators.State;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.State;

namespace Millrace.Operators.Aggregates;

/// <summary>The groups at a checkpoint, and the values of their distinct sets.</summary>
/// <remarks>
/// Keyed entries. <c>group</c>: key = int32 hash, the key; value = int64 for each word, then for each object
/// an int32 length (-1 for none) and its bytes. <c>distinct N</c>: key = int32 hash, the key of the value
/// (serial of the group and the value); value = int64 serial, int64 for each count. All little-endian. A
/// serial has the key group in its upper 16 bits.
/// </remarks>
internal sealed class GroupSnapshot : IStateSnapshot
{
    private const string GroupState = "group";
    private const string DistinctState = "distinct ";
    private const int SerialBits = 48;
    private readonly SlotTableSnapshot _groups;
    private readonly SlotTableSnapshot[] _distinct;
    private readonly int _stateOffset;
    private readonly int _rowsWord;
    private readonly int _writtenWord;
    private readonly long _oldestWritten;
    private readonly int _maxParallelism;
    private readonly ArrayBufferWriter<byte> _key = new();
    private readonly ArrayBufferWriter<byte> _value = new();

    public GroupSnapshot(GroupTable groups, long ttlMs, long now, int maxParallelism)
    {
        _groups = groups.Table.Snapshot();
        _distinct = [.. groups.DistinctSets.Select(s => s.Snapshot())];
        _stateOffset = groups.Table.StateOffset;
        _rowsWord = groups.RowsOffset - _stateOffset;
        _writtenWord = groups.WrittenOffset < 0 ? -1 : groups.WrittenOffset - _stateOffset;
        _oldestWritten = now - ttlMs;
        _maxParallelism = maxParallelism;
    }

    public static long Serial(int keyGroup, long number) => ((long)keyGroup << SerialBits) | number;

    public void WriteTo(IStateWriter writer)
    {
        (int[] groups, int[] groupStarts) = _groups.ByKeyGroup(_maxParallelism);
        var distinct = _distinct
            .Select(d =>
                d.ByKeyGroup(_maxParallelism, slot => (int)(DistinctSet.SerialOf(d, slot) >> SerialBits)))
            .ToArray();
        for (int keyGroup = 0; keyGroup < _maxParallelism; keyGroup++)
        {
            for (int i = groupStarts[keyGroup]; i < groupStarts[keyGroup + 1]; i++)
                WriteGroup(writer, keyGroup, groups[i]);
            for (int set = 0; set < distinct.Length; set++)
                for (int i = distinct[set].Starts[keyGroup]; i < distinct[set].Starts[keyGroup + 1]; i++)
                    WriteDistinct(writer, keyGroup, set, distinct[set].Slots[i]);
        }
    }

    public void Dispose()
    {
        _groups.Dispose();
        foreach (SlotTableSnapshot set in _distinct) set.Dispose();
    }

    /// <summary>Fills the table from a checkpoint.</summary>
    /// <returns>The highest number of a serial, 0 if there is none.</returns>
    public static long Read(IStateReader state, GroupTable groups, OperatorContext context)
    {
        state.ReadKeyed((_, name, key, value) =>
        {
            int hash = BinaryPrimitives.ReadInt32LittleEndian(key);
            ReadOnlySpan<byte> rest = key[sizeof(int)..];
            if (name == GroupState) RestoreGroup(groups, context, groups.Table.Restore(hash, rest), value);
            else if (name.StartsWith(DistinctState, StringComparison.Ordinal))
                groups.DistinctSets[SetIndex(name, groups)].Restore(hash, rest, value);
        });
        return groups.SerialOffset < 0 ? 0 : AttachDistinct(groups);
    }

    private static int SetIndex(string name, GroupTable groups) =>
        int.TryParse(name.AsSpan(DistinctState.Length), out int index) && index < groups.DistinctSets.Count
            ? index
            : throw new MillraceException(
                ErrorKind.Invalid, $"The checkpoint has state '{name}', the query has not.");

    private static unsafe void RestoreGroup(
        GroupTable groups, OperatorContext context, int slot, ReadOnlySpan<byte> value)
    {
        SlotStore store = groups.Table.Store;
        int size = (store.Words - groups.Table.StateOffset) * sizeof(long);
        if (value.Length < size) throw Mismatch(context);
        value[..size].CopyTo(new Span<byte>((long*)store.Writable(slot) + groups.Table.StateOffset, size));
        ReadOnlySpan<byte> rest = value[size..];
        int objectIndex = 0;
        foreach (SlotAggregate aggregate in groups.Aggregates)
        {
            for (int i = 0; i < aggregate.Objects; i++)
            {
                int length = StateBytes.ReadInt32(ref rest);
                store.ObjectsOf(slot)[objectIndex++] =
                    length < 0 ? null : aggregate.ReadObject(StateBytes.Take(ref rest, length));
            }
        }
        if (!rest.IsEmpty) throw Mismatch(context);
    }

    private static MillraceException Mismatch(OperatorContext context) => new(
        ErrorKind.Invalid,
        $"The stored groups of {context.OperatorName} have other aggregates than the query; "
        + "start without the checkpoint, or with the query that wrote it.");

    private static unsafe long AttachDistinct(GroupTable groups)
    {
        var bySerial = new Dictionary<long, int>();
        long highest = 0;
        for (int slot = 0; slot < groups.Table.SlotCount; slot++)
        {
            long serial = ((long*)groups.Table.Store.Address(slot))[groups.SerialOffset];
            bySerial[serial] = slot;
            highest = Math.Max(highest, serial & ((1L << SerialBits) - 1));
        }
        foreach (DistinctSet set in groups.DistinctSets) set.Attach(bySerial);
        return highest;
    }

    private void WriteGroup(IStateWriter writer, int keyGroup, int slot)
    {
        ReadOnlySpan<long> words = _groups.StateOf(slot);
        if (words[_rowsWord] <= 0 || (_writtenWord >= 0 && words[_writtenWord] <= _oldestWritten)) return;
        _value.ResetWrittenCount();
        _value.Write(MemoryMarshal.AsBytes(words));
        foreach (SlotObject? item in _groups.ObjectsOf(slot)) WriteObject((AggregateObject?)item);
        WriteKey(_groups, slot);
        writer.Keyed(keyGroup, GroupState, _key.WrittenSpan, _value.WrittenSpan);
    }

    private void WriteObject(AggregateObject? item)
    {
        int start = _value.WrittenCount;
        BinaryPrimitives.WriteInt32LittleEndian(_value.GetSpan(sizeof(int)), -1);
        _value.Advance(sizeof(int));
        if (item is null) return;
        item.Write(_value);
        int length = _value.WrittenCount - start - sizeof(int);
        BinaryPrimitives.WriteInt32LittleEndian(
            MemoryMarshal.AsMemory(_value.WrittenMemory).Span[start..], length);
    }

    private void WriteDistinct(IStateWriter writer, int keyGroup, int set, int slot)
    {
        SlotTableSnapshot values = _distinct[set];
        _value.ResetWrittenCount();
        StateBytes.WriteInt64(_value, DistinctSet.SerialOf(values, slot));
        _value.Write(MemoryMarshal.AsBytes(DistinctSet.CountsOf(values, slot)));
        WriteKey(values, slot);
        writer.Keyed(keyGroup, DistinctState + set, _key.WrittenSpan, _value.WrittenSpan);
    }

    private void WriteKey(SlotTableSnapshot table, int slot)
    {
        _key.ResetWrittenCount();
        BinaryPrimitives.WriteInt32LittleEndian(_key.GetSpan(sizeof(int)), table.HashOf(slot));
        _key.Advance(sizeof(int));
        table.WriteKey(slot, _key);
    }
}
