using System.Diagnostics;
using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Exchange;

namespace Millrace.Benchmarks.Exchange;

/// <summary>
/// Batches of six columns through one connection on the loopback, both processes' ends in this process,
/// beside the same bytes through plain TCP sockets.
/// </summary>
internal sealed class ExchangeBenchmark : IBenchmark
{
    private const int BatchesPerRound = 8_000;

    // More than the cache holds, so that a batch comes from memory as in a job.
    private const int DifferentBatches = 64;

    public string Name => "exchange";

    public string Summary => "columns through one loopback connection between two processes' exchanges";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings)
    {
        ColumnBatch[] batches = [.. Enumerable.Range(0, DifferentBatches).Select(Batch)];
        long bytes = BatchesPerRound * batches[0].SizeBytes;
        var contestants = new (string Name, Action Run)[]
        {
            ("plain TCP", () => PlainTcp.Run(bytes, (int)batches[0].SizeBytes)),
            ("exchange", () => Exchange(batches, compress: false)),
            ("exchange, LZ4", () => Exchange(batches, compress: true)),
        };
        var times = contestants.Select(_ => new List<(TimeSpan Wall, TimeSpan Cpu)>()).ToArray();
        for (int round = 0; round <= settings.Rounds; round++)
            for (int i = 0; i < contestants.Length; i++)
            {
                (TimeSpan, TimeSpan) time = Time(contestants[i].Run);
                if (round > 0) times[i].Add(time);
            }
        long rows = (long)BatchesPerRound * ColumnBatch.MaxRows;
        TimeSpan[] walls = [.. times.Select(t => Median(t.Select(x => x.Wall)))];
        return
        [
            .. contestants.Select((c, i) =>
            {
                double cpu = Median(times[i].Select(t => t.Cpu)).TotalSeconds;
                return new Measurement(c.Name, rows / cpu, bytes / 1e6 / cpu, walls[0] / walls[i])
                {
                    WallMegabytesPerSecond = bytes / 1e6 / walls[i].TotalSeconds,
                };
            }),
        ];
    }

    private static void Exchange(ColumnBatch[] batches, bool compress)
    {
        var options = new ExchangeOptions { Compress = compress };
        NetworkExchange from = NetworkExchange.Start(options);
        NetworkExchange to = NetworkExchange.Start(options);
        var id = new ChannelId("bench", 1, 0, 0, 0);
        using var arrived = new AutoResetEvent(false);
        using var roomMade = new AutoResetEvent(false);
        IChannelReader reader = ((IExchange)to).OpenReader(id, from.Address, () => arrived.Set(), Throw);
        IChannelWriter writer = ((IExchange)from).OpenWriter(id, to.Address, () => roomMade.Set(), Throw);
        var writing = new Thread(() => Write(writer, batches, roomMade));
        writing.Start();
        Read(reader, batches, arrived);
        writing.Join();
        writer.Dispose();
        reader.Dispose();
        from.DisposeAsync().AsTask().GetAwaiter().GetResult();
        to.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Write(IChannelWriter writer, ColumnBatch[] batches, AutoResetEvent roomMade)
    {
        for (int i = 0; i < BatchesPerRound; i++)
        {
            while (!writer.HasRoom) roomMade.WaitOne();
            writer.Write(Element.Of(batches[i % batches.Length].Retain()));
        }
    }

    /// <summary>Checks each batch in three places, and the first of each whole.</summary>
    private static void Read(IChannelReader reader, ColumnBatch[] batches, AutoResetEvent arrived)
    {
        for (int i = 0; i < BatchesPerRound; i++)
        {
            Element element;
            while (!reader.TryRead(out element)) arrived.WaitOne();
            ColumnBatch expected = batches[i % batches.Length];
            ColumnBatch batch = element.Batch;
            Invariant.Check(batch.RowCount == expected.RowCount);
            Invariant.Check(Values(batch, 0)[7] == Values(expected, 0)[7]);
            Invariant.Check(Values(batch, 3)[^1] == Values(expected, 3)[^1]);
            if (i < batches.Length)
                Invariant.Check(Values(batch, 1).SequenceEqual(Values(expected, 1))
                    && Text(batch).Data.SequenceEqual(Text(expected).Data));
            batch.Release();
        }
    }

    private static ReadOnlySpan<long> Values(ColumnBatch batch, int column) =>
        ((FixedColumn<long>)batch.Columns[column]).Values;

    private static BytesColumn Text(ColumnBatch batch) => (BytesColumn)batch.Columns[5];

    private static ColumnBatch Batch(int seed)
    {
        var random = new Random(seed);
        const int Rows = ColumnBatch.MaxRows;
        long[] ids = [.. Enumerable.Range(0, Rows).Select(_ => random.NextInt64())];
        long[] users = [.. Enumerable.Range(0, Rows).Select(_ => random.NextInt64(100_000))];
        double[] amounts = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble())];
        long[] times = [.. Enumerable.Range(0, Rows).Select(i => 1_700_000_000_000 + i)];
        int[] counts = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(1000))];
        var texts = new BytesColumnBuilder(Rows, 24);
        for (int i = 0; i < Rows; i++)
            texts.Append(Encoding.UTF8.GetBytes($"question-{random.Next(100_000_000)}-b"));
        return new ColumnBatch(
            [
                FixedColumn<long>.Of(ids), FixedColumn<long>.Of(users), FixedColumn<double>.Of(amounts),
                FixedColumn<long>.Of(times), FixedColumn<int>.Of(counts), texts.Build(),
            ],
            Rows);
    }

    private static (TimeSpan Wall, TimeSpan Cpu) Time(Action contestant)
    {
        GC.Collect();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        contestant();
        return (Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu);
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Throw(MillraceException failure) => throw failure;
}
