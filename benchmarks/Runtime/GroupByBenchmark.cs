using System.Globalization;
using System.Numerics;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;

namespace Millrace.Benchmarks.Runtime;

/// <summary>
/// COUNT and SUM by key without a window, beside an open-addressing loop that keeps only the groups.
/// </summary>
/// <param name="keys">Different keys, drawn evenly.</param>
internal sealed class GroupByBenchmark(string name, int keys, long events) : IBenchmark
{
    private const int Batches = 1024;

    public string Name => name;

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"GROUP BY over {keys:N0} keys, COUNT and SUM, from memory, checkpoints on, {events:N0} events");

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings)
    {
        ColumnBatch[] batches = Make();
        using var runner = new JobRunner();
        long byHand = 0;
        long byUpdates = 0;
        long byBundles = 0;
        TimeSpan[] times = Rounds.Measure(
            settings.Rounds,
            () => byHand = ByHand(batches),
            () => byUpdates = ThroughRuntime(runner, batches, ""),
            () => byBundles = ThroughRuntime(runner, batches, MiniBatch));
        Invariant.Check(byUpdates > 0 && byBundles > 0 && byHand > 0);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  rows out: an update a key and batch {byUpdates:N0}, with mini-batch {byBundles:N0}; "
            + $"snapshots {runner.Snapshots:N0}"));
        return Rounds.Compare(
            ["open addressing, by hand", "the runtime", "the runtime, mini-batch 50,000"], times, events,
            16 * events);
    }

    private const string MiniBatch = """
        SET 'table.exec.mini-batch.enabled' = 'true';
        SET 'table.exec.mini-batch.allow-latency' = '2s';
        SET 'table.exec.mini-batch.size' = '50000';
        """;

    private long ThroughRuntime(JobRunner runner, ColumnBatch[] batches, string settings)
    {
        var tables = new MemoryTables(batches, events);
        runner.Run(settings + """
            CREATE TABLE events (k BIGINT, v BIGINT) WITH ('connector' = 'memory');
            CREATE TABLE sums (k BIGINT, n BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED)
                WITH ('connector' = 'memory');
            INSERT INTO sums SELECT k, COUNT(*), SUM(v) FROM events GROUP BY k;
            """, tables);
        return tables.Rows;
    }

    private ColumnBatch[] Make()
    {
        var random = new Random(7);
        var batches = new ColumnBatch[Batches];
        long[] key = new long[ColumnBatch.MaxRows];
        long[] value = new long[ColumnBatch.MaxRows];
        for (int b = 0; b < batches.Length; b++)
        {
            for (int i = 0; i < key.Length; i++)
            {
                key[i] = random.Next(keys);
                value[i] = random.Next(1000);
            }
            batches[b] =
                new ColumnBatch([FixedColumn<long>.Of(key), FixedColumn<long>.Of(value)], key.Length);
        }
        return batches;
    }

    /// <returns>The sum of all sums.</returns>
    private long ByHand(ColumnBatch[] batches)
    {
        var groups = new Group[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * keys))];
        int shift = 64 - BitOperations.Log2((uint)groups.Length);
        long given = 0;
        for (int b = 0; given < events; b = (b + 1) % batches.Length)
        {
            ReadOnlySpan<long> key = ((FixedColumn<long>)batches[b].Columns[0]).Values;
            ReadOnlySpan<long> value = ((FixedColumn<long>)batches[b].Columns[1]).Values;
            for (int i = 0; i < key.Length; i++)
            {
                int slot = (int)((ulong)key[i] * 0x9E3779B97F4A7C15UL >> shift);
                while (groups[slot].Count != 0 && groups[slot].Key != key[i])
                    slot = (slot + 1) & (groups.Length - 1);
                ref Group group = ref groups[slot];
                group.Key = key[i];
                group.Count++;
                group.Sum += value[i];
            }
            given += key.Length;
        }
        long total = 0;
        foreach (Group group in groups) total += group.Sum;
        return total;
    }

    private struct Group
    {
        public long Key;
        public long Count;
        public long Sum;
    }
}
