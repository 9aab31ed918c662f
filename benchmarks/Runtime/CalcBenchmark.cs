using Millrace.Shared.Columns;
using Millrace.Shared.Errors;

namespace Millrace.Benchmarks.Runtime;

/// <summary>A filter with arithmetic and a projection, beside the same loop by hand into arrays.</summary>
internal sealed class CalcBenchmark : IBenchmark
{
    private const int Batches = 64;
    private const long Events = 100_000_000;

    public string Name => "calc";

    public string Summary =>
        "WHERE a * 2 + b > 10 AND c < d, and three computed columns, from memory, checkpoints on";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings)
    {
        ColumnBatch[] batches = Make();
        using var runner = new JobRunner();
        (long Rows, long Sum) byHand = default;
        (long Rows, long Sum) byRuntime = default;
        TimeSpan[] times = Rounds.Measure(
            settings.Rounds,
            () => byHand = ByHand(batches),
            () => byRuntime = ThroughRuntime(runner, batches));
        Invariant.Check(byHand == byRuntime);
        return Rounds.Compare(["loop by hand", "the runtime"], times, Events, 32 * Events);
    }

    private static (long, long) ThroughRuntime(JobRunner runner, ColumnBatch[] batches)
    {
        var tables = new MemoryTables(batches, Events);
        runner.Run("""
            CREATE TABLE events (a BIGINT, b BIGINT, c BIGINT, d BIGINT) WITH ('connector' = 'memory');
            CREATE TABLE results (x BIGINT, y BIGINT, z BIGINT) WITH ('connector' = 'memory');
            INSERT INTO results SELECT a, b + 1, c * 2 - d FROM events WHERE a * 2 + b > 10 AND c < d;
            """, tables);
        return (tables.Rows, tables.Sum);
    }

    private static ColumnBatch[] Make()
    {
        var random = new Random(7);
        var batches = new ColumnBatch[Batches];
        for (int b = 0; b < batches.Length; b++)
        {
            var columns = new Column[4];
            for (int c = 0; c < columns.Length; c++)
            {
                long[] values = new long[ColumnBatch.MaxRows];
                for (int i = 0; i < values.Length; i++) values[i] = random.Next(-100, 100);
                columns[c] = FixedColumn<long>.Of(values);
            }
            batches[b] = new ColumnBatch(columns, ColumnBatch.MaxRows);
        }
        return batches;
    }

    private static (long, long) ByHand(ColumnBatch[] batches)
    {
        long[] x = new long[ColumnBatch.MaxRows];
        long[] y = new long[ColumnBatch.MaxRows];
        long[] z = new long[ColumnBatch.MaxRows];
        long rows = 0;
        long sum = 0;
        long given = 0;
        for (int n = 0; given < Events; n = (n + 1) % batches.Length)
        {
            ReadOnlySpan<long> a = ((FixedColumn<long>)batches[n].Columns[0]).Values;
            ReadOnlySpan<long> b = ((FixedColumn<long>)batches[n].Columns[1]).Values;
            ReadOnlySpan<long> c = ((FixedColumn<long>)batches[n].Columns[2]).Values;
            ReadOnlySpan<long> d = ((FixedColumn<long>)batches[n].Columns[3]).Values;
            int passed = 0;
            for (int i = 0; i < a.Length; i++)
            {
                if ((a[i] * 2) + b[i] <= 10 || c[i] >= d[i]) continue;
                x[passed] = a[i];
                y[passed] = b[i] + 1;
                z[passed++] = (c[i] * 2) - d[i];
            }
            for (int i = 0; i < passed; i++) sum += x[i] + y[i] + z[i];
            rows += passed;
            given += a.Length;
        }
        return (rows, sum);
    }
}
