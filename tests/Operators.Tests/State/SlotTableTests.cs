using System.Buffers;
using FsCheck.Xunit;
using Millrace.Operators.State;
using Millrace.Shared.Columns;
using Millrace.Shared.Keys;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.State;

public sealed class SlotTableTests
{
    private const int Groups = KeyGroups.DefaultMaxParallelism;

    private static readonly LogicalType[][] _keyTypes =
    [
        [LogicalType.BigInt.NotNull()],
        [LogicalType.BigInt],
        [LogicalType.Int, LogicalType.Boolean],
        [LogicalType.Decimal(20, 2), LogicalType.SmallInt],
        [LogicalType.String],
        [LogicalType.Int, LogicalType.String],
    ];

    [Property(MaxTest = 60)]
    public void A_table_is_a_dictionary_and_its_snapshots_do_not_change(int seed)
    {
        var random = new Random(seed);
        LogicalType[] types = _keyTypes[random.Next(_keyTypes.Length)];
        var table = new SlotTable(types, 1);
        var model = new Dictionary<string, long>();
        var snapshots = new List<(SlotTableSnapshot Snapshot, Dictionary<string, long> Model)>();
        for (int step = 0; step < 40; step++)
        {
            Mutate(table, types, model, random);
            if (random.Next(4) == 0) snapshots.Add((table.Snapshot(), new Dictionary<string, long>(model)));
            if (random.Next(5) == 0 && snapshots.Count > 0) CheckAndDrop(types, snapshots, random);
            if (random.Next(12) == 0) table = Reload(table, types);
            Assert.Equal(model.Count, table.Count);
        }
        while (snapshots.Count > 0) CheckAndDrop(types, snapshots, random);
        using SlotTableSnapshot last = table.Snapshot();
        Assert.Equal(model, Read(types, last));
    }

    [Fact]
    public void Removed_slots_are_used_again_and_the_keys_of_removed_strings_are_forgotten()
    {
        LogicalType[] types = [LogicalType.String];
        var table = new SlotTable(types, 1);
        string padding = new('x', 1000);
        for (int round = 0; round < 20; round++)
        {
            var texts = Enumerable.Range(0, 1000).Select(i => (string?)$"{padding}{round}-{i}").ToArray();
            int[] slots = Find(table, [BytesColumn.Of(texts)]);
            foreach (int slot in slots) table.Remove(slot);
        }
        Assert.Equal(0, table.Count);
        Assert.InRange(table.SlotCount, 1, 1000);
        using SlotTableSnapshot snapshot = table.Snapshot();
        Assert.Empty(snapshot.ByKeyGroup(Groups).Slots);
    }

    [Fact]
    public void A_million_keys_are_found_again()
    {
        var table = new SlotTable([LogicalType.BigInt.NotNull()], 1);
        long[] keys = [.. Enumerable.Range(0, 1_000_000).Select(i => (long)i * 7919)];
        var first = new int[keys.Length];
        for (int round = 0; round < 2; round++)
        {
            for (int at = 0; at < keys.Length; at += 4000)
            {
                int[] slots = Find(table, [FixedColumn<long>.Of(keys.AsSpan(at, 4000))]);
                if (round == 0) slots.CopyTo(first, at);
                else Assert.True(slots.AsSpan().SequenceEqual(first.AsSpan(at, 4000)));
            }
        }
        Assert.Equal(keys.Length, table.Count);
    }

    private static unsafe void Mutate(
        SlotTable table, LogicalType[] types, Dictionary<string, long> model, Random random)
    {
        Column[] keys = RandomKeys(types, random.Next(1, 600), random);
        int count = keys[0].Count;
        var slots = new int[count];
        var addresses = new nint[count];
        table.FindOrAdd(keys, count, slots, addresses);
        for (int row = 0; row < count; row++)
        {
            string key = KeyText(keys, row);
            model[key] = model.GetValueOrDefault(key) + row;
            ((long*)addresses[row])[table.StateOffset] += row;
            Assert.Equal(model[key], ((long*)table.Store.Address(slots[row]))[table.StateOffset]);
        }
        Column[] read = table.ReadKeys(slots);
        for (int row = 0; row < count; row++) Assert.Equal(KeyText(keys, row), KeyText(read, row));
        for (int row = 0; row < count; row++)
            if (random.Next(3) == 0 && table.IsLive(slots[row]) && model.Remove(KeyText(keys, row)))
                table.Remove(slots[row]);
    }

    private static void CheckAndDrop(
        LogicalType[] types, List<(SlotTableSnapshot Snapshot, Dictionary<string, long> Model)> snapshots,
        Random random)
    {
        int index = random.Next(snapshots.Count);
        Assert.Equal(snapshots[index].Model, Read(types, snapshots[index].Snapshot));
        snapshots[index].Snapshot.Dispose();
        snapshots.RemoveAt(index);
    }

    /// <summary>Splits by key group to three tables and joins them again by way of two.</summary>
    private static SlotTable Reload(SlotTable table, LogicalType[] types)
    {
        SlotTable[] three = Split([table], 3, types);
        SlotTable[] two = Split(three, 2, types);
        return Split(two, 1, types)[0];
    }

    private static unsafe SlotTable[] Split(SlotTable[] from, int parts, LogicalType[] types)
    {
        var to = new SlotTable[parts];
        for (int i = 0; i < parts; i++) to[i] = new SlotTable(types, 1);
        foreach (SlotTable table in from)
        {
            using SlotTableSnapshot snapshot = table.Snapshot();
            (int[] slots, int[] starts) = snapshot.ByKeyGroup(Groups);
            for (int group = 0; group < Groups; group++)
            {
                for (int i = starts[group]; i < starts[group + 1]; i++)
                {
                    Assert.Equal(group, KeyGroups.Of(snapshot.HashOf(slots[i]), Groups));
                    var key = new ArrayBufferWriter<byte>();
                    snapshot.WriteKey(slots[i], key);
                    SlotTable target = to[KeyGroups.SubtaskOf(group, Groups, parts)];
                    int slot = target.Restore(snapshot.HashOf(slots[i]), key.WrittenSpan);
                    ((long*)target.Writable(slot))[target.StateOffset] = snapshot.StateOf(slots[i])[0];
                }
            }
        }
        return to;
    }

    private static Dictionary<string, long> Read(LogicalType[] types, SlotTableSnapshot snapshot)
    {
        var codec = new SlotTable(types, 1);
        var entries = new Dictionary<string, long>();
        foreach (int slot in snapshot.ByKeyGroup(Groups).Slots)
        {
            var key = new ArrayBufferWriter<byte>();
            snapshot.WriteKey(slot, key);
            Column[] read = codec.ReadKeys([codec.Restore(snapshot.HashOf(slot), key.WrittenSpan)]);
            entries.Add(KeyText(read, 0), snapshot.StateOf(slot)[0]);
        }
        return entries;
    }

    private static int[] Find(SlotTable table, Column[] keys)
    {
        var slots = new int[keys[0].Count];
        table.FindOrAdd(keys, slots.Length, slots, new nint[slots.Length]);
        return slots;
    }

    private static Column[] RandomKeys(LogicalType[] types, int count, Random random)
    {
        ColumnBuilder[] builders = [.. types.Select(t => ColumnBuilder.Create(t))];
        for (int row = 0; row < count; row++)
        {
            for (int i = 0; i < types.Length; i++)
            {
                int value = random.Next(400);
                if (types[i].Nullable && random.Next(20) == 0) builders[i].AppendNull();
                else if (builders[i] is FixedColumnBuilder<long> longs) longs.Append(value * 1_000_003L);
                else if (builders[i] is FixedColumnBuilder<int> ints) ints.Append(value);
                else if (builders[i] is FixedColumnBuilder<short> shorts) shorts.Append((short)(value % 5));
                else if (builders[i] is FixedColumnBuilder<bool> booleans) booleans.Append(value % 2 == 0);
                else if (builders[i] is FixedColumnBuilder<Int128> decimals) decimals.Append(-value);
                else ((BytesColumnBuilder)builders[i])
                    .Append(System.Text.Encoding.UTF8.GetBytes($"key {value}"));
            }
        }
        return [.. builders.Select(b => b.Build())];
    }

    private static string KeyText(Column[] keys, int row) =>
        string.Join('|', keys.Select(c => Harness.RowText.Of(c, row)));
}
