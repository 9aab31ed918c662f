using System.Buffers;
using FsCheck.Xunit;
using Millrace.Operators.Rows;
using Millrace.Operators.State;
using Millrace.Operators.Tests.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Rows;

public sealed class RowStoreTests
{
    private static readonly LogicalType[] Types =
        [.. RandomRows.Schema.Fields.Select(f => f.Type), LogicalType.Array(LogicalType.String)];

    [Property(MaxTest = 60)]
    public void Rows_are_those_of_a_dictionary_and_a_snapshot_does_not_change(int seed)
    {
        var random = new Random(seed);
        var epochs = new SlotStore(1);
        var store = new RowStore(Types, epochs);
        var model = new Dictionary<int, string>();
        List<(SlotView View, RowStore Rows, Dictionary<int, string> Model)> snapshots = [];
        for (int step = 0; step < 40; step++)
        {
            Add(store, model, random);
            foreach (int slot in model.Keys.Where(_ => random.Next(3) == 0).ToList())
            {
                store.Free(slot);
                model.Remove(slot);
            }
            if (random.Next(4) == 0) snapshots.Add((epochs.Share(), store.Share(), new(model)));
            if (random.Next(5) == 0 && snapshots.Count > 0)
            {
                int next = random.Next(snapshots.Count);
                Assert.Equal(snapshots[next].Model, Read(snapshots[next].Rows, snapshots[next].Model.Keys));
                epochs.Release(snapshots[next].View);
                snapshots.RemoveAt(next);
            }
            Assert.Equal(model, Read(store, model.Keys));
        }
        foreach ((_, RowStore rows, Dictionary<int, string> expected) in snapshots)
            Assert.Equal(expected, Read(rows, expected.Keys));
    }

    [Fact]
    public void Slots_are_used_again_though_at_every_moment_a_snapshot_lives()
    {
        const int RowsAStep = 50;
        var epochs = new SlotStore(1);
        var store = new RowStore([LogicalType.Int], epochs);
        Column[] columns = [FixedColumn<int>.Of(new int[RowsAStep])];
        SlotView last = epochs.Share();
        int[] slots = new int[RowsAStep];
        for (int step = 0; step < 400; step++)
        {
            store.AddAll(columns, slots);
            SlotView next = epochs.Share();
            foreach (int slot in slots) store.Free(slot);
            epochs.Release(last);
            last = next;
        }
        Assert.InRange(store.Capacity, RowsAStep, 8 * RowsAStep);
    }

    private static void Add(RowStore store, Dictionary<int, string> model, Random random)
    {
        ColumnBatch rows = RandomRows.Create(random, random.Next(1, 20), nullShare: 0.3).Batch;
        Column[] columns = [.. rows.Columns, Lists(random, rows.RowCount)];
        int[] slots = new int[rows.RowCount];
        store.AddAll(columns, slots);
        for (int row = 0; row < slots.Length; row++) model.Add(slots[row], Text(columns, row));
    }

    private static Dictionary<int, string> Read(RowStore store, IEnumerable<int> slots)
    {
        int[] all = [.. slots];
        var columns = new Column[Types.Length];
        store.Gather(all, columns);
        return all.Select((slot, row) => (slot, Text(columns, row))).ToDictionary();
    }

    private static Column Lists(Random random, int count)
    {
        var lists = (ListColumnBuilder)ColumnBuilder.Create(Types[^1]);
        for (int row = 0; row < count; row++)
        {
            if (random.Next(4) == 0)
            {
                lists.AppendNull();
                continue;
            }
            for (int e = random.Next(3); e > 0; e--)
                ((BytesColumnBuilder)lists.Children[0]).Append([(byte)random.Next('a', 'e')]);
            lists.EndRow();
        }
        return lists.Build();
    }

    private static string Text(Column[] columns, int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        new RowCodec(Types).Encode(columns, row, bytes);
        return Convert.ToHexString(bytes.WrittenSpan);
    }
}
