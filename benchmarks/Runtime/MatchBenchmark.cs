using System.Diagnostics;
using System.Globalization;
using Millrace.Operators;
using Millrace.Operators.Matching;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;
using Millrace.Shared.Types;
using Millrace.Sql;

namespace Millrace.Benchmarks.Runtime;

/// <summary>
/// MATCH_RECOGNIZE, three failures in a row of one of many users: one operator alone, beside a loop that
/// keeps a counter a user. Then how long a snapshot holds the operator up while it buffers rows, and what a
/// batch takes while another thread writes it.
/// </summary>
internal sealed class MatchBenchmark : IBenchmark
{
    private const int Users = 100_000;
    private const int Batches = 1024;
    private const int Snapshots = 20;
    private const int BatchesASnapshot = 20;
    private const int BufferedRows = 800_000;
    private const long Start = 1_600_000_000_000;

    public string Name => "match";

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"MATCH_RECOGNIZE over {Users:N0} users, the operator alone; a snapshot of {BufferedRows:N0} rows");

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings)
    {
        MatchInput input = Plan();
        int[][] users = new int[Batches][];
        long[][] points = new long[Batches][];
        Fill(users, points);
        var batches = new ColumnBatch[Batches];
        for (int b = 0; b < Batches; b++) batches[b] = input.Batch(users[b], points[b], TimeOf(b));
        long byHand = 0;
        long byOperator = 0;
        TimeSpan[] times = Rounds.Measure(
            settings.Rounds,
            () => byHand = ByHand(users, points),
            () => byOperator = ByOperator(input, batches));
        Invariant.Check(byHand == byOperator && byHand > 0);
        Pause(input, batches);
        return Rounds.Compare(
            ["a counter a user, by hand", "the operator"], times, Batches * (long)ColumnBatch.MaxRows,
            Batches * (long)ColumnBatch.MaxRows * 24);
    }

    private static long TimeOf(int batch) => Start + ((long)batch * ColumnBatch.MaxRows);

    private static MatchInput Plan()
    {
        var tables = new MemoryTables([], 0);
        JobGraph graph = SqlPlanner.Plan("""
            CREATE TABLE events (u STRING, v BIGINT, ts BIGINT, t AS TO_TIMESTAMP_LTZ(ts, 3),
                WATERMARK FOR t AS t) WITH ('connector' = 'memory');
            CREATE TABLE alerts (u STRING, a BIGINT, b BIGINT) WITH ('connector' = 'memory');
            INSERT INTO alerts SELECT u, a, b FROM events MATCH_RECOGNIZE (
                PARTITION BY u ORDER BY t MEASURES FIRST(F.v) AS a, LAST(F.v) AS b
                AFTER MATCH SKIP PAST LAST ROW PATTERN (F{3}) DEFINE F AS F.v < 500);
            """, new PlannerOptions(tables, "bench", 1, 128)).Graph!;
        IEnumerable<OperatorPlan> plans = graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan);
        return new MatchInput(plans.OfType<MatchPlan>().Single());
    }

    private static void Fill(int[][] users, long[][] points)
    {
        var random = new Random(7);
        for (int b = 0; b < Batches; b++)
        {
            users[b] = new int[ColumnBatch.MaxRows];
            points[b] = new long[ColumnBatch.MaxRows];
            for (int row = 0; row < ColumnBatch.MaxRows; row++)
            {
                users[b][row] = random.Next(Users);
                points[b][row] = random.Next(1000);
            }
        }
    }

    private static long ByHand(int[][] users, long[][] points)
    {
        byte[] failures = new byte[Users];
        long matches = 0;
        for (int b = 0; b < users.Length; b++)
        {
            for (int row = 0; row < users[b].Length; row++)
            {
                ref byte count = ref failures[users[b][row]];
                count = points[b][row] < 500 ? (byte)(count + 1) : (byte)0;
                if (count < 3) continue;
                count = 0;
                matches++;
            }
        }
        return matches;
    }

    private static long ByOperator(MatchInput input, ColumnBatch[] batches)
    {
        var output = new Counting();
        using IOperator match = input.Open(output);
        for (int b = 0; b < batches.Length; b++)
        {
            match.Process(0, batches[b]);
            match.OnWatermark(new Watermark(TimeOf(b)));
        }
        match.OnWatermark(new Watermark(long.MaxValue));
        return output.Rows;
    }

    private static void Pause(MatchInput input, ColumnBatch[] batches)
    {
        using IOperator match = input.Open(new Counting());
        List<double> pauses = [];
        List<double>[] batchTimes = [[], []];
        Task write = Task.CompletedTask;
        for (int b = 0; b < batches.Length; b++)
        {
            bool isWriting = !write.IsCompleted;
            double took = Milliseconds(() =>
            {
                match.Process(0, batches[b]);
                match.OnWatermark(new Watermark(TimeOf(b) - BufferedRows));
            });
            if (b < Batches / 2) continue;
            batchTimes[isWriting ? 1 : 0].Add(took);
            if (isWriting || b % BatchesASnapshot != 0) continue;
            IStateSnapshot? snapshot = null;
            pauses.Add(Milliseconds(() => snapshot = match.Snapshot(new CheckpointId(b))));
            write = Task.Run(() => Write(snapshot!));
        }
        write.Wait();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {pauses.Count} snapshots of {BufferedRows:N0} waiting rows: the operator stands still for "
            + $"{Share(pauses, 0.5):0.000} ms (median), {Share(pauses, 1):0.000} ms (worst); a batch takes "
            + $"{Share(batchTimes[0], 0.5):0.0} ms (median), {Share(batchTimes[1], 0.5):0.0} ms while one is "
            + $"written"));
    }

    private static double Milliseconds(Action act)
    {
        long start = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The value that this share of the values is not above; 0 where there are none.</summary>
    private static double Share(List<double> values, double share)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[(int)(share * (values.Count - 1))];
    }

    private static void Write(IStateSnapshot snapshot)
    {
        snapshot.WriteTo(new Discarding());
        snapshot.Dispose();
    }

    /// <summary>The operator's plan, and batches as it takes them.</summary>
    private sealed class MatchInput(MatchPlan plan)
    {
        public ColumnBatch Batch(int[] users, long[] points, long time)
        {
            var keys = new string?[users.Length];
            long[] times = new long[users.Length];
            for (int row = 0; row < users.Length; row++)
            {
                keys[row] = string.Create(CultureInfo.InvariantCulture, $"user-{users[row]}");
                times[row] = time + row;
            }
            return new ColumnBatch([.. plan.Input.Fields.Select(Column)], users.Length);

            Column Column(Field field) => field.Name switch
            {
                "u" => BytesColumn.Of(keys),
                "v" => FixedColumn<long>.Of(points),
                _ => FixedColumn<long>.Of(times),
            };
        }

        public IOperator Open(IBatchOutput output)
        {
            IOperator match = OperatorFactory.Create(plan);
            match.Open(
                new OperatorContext
                {
                    JobId = "bench",
                    Attempt = 1,
                    OperatorUid = "match",
                    OperatorName = "Match",
                    SubtaskIndex = 0,
                    Parallelism = 1,
                    MaxParallelism = 128,
                    Time = TimeProvider.System,
                    Mailbox = new NoMailbox(),
                    Metrics = new MetricGroup(),
                    Connectors = new MemoryTables([], 0),
                },
                output);
            return match;
        }
    }

    private sealed class Counting : IBatchOutput
    {
        public long Rows { get; private set; }

        public void Emit(ColumnBatch batch) => Rows += batch.RowCount;
    }

    private sealed class Discarding : IStateWriter
    {
        public void Keyed(int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
        }

        public void Item(string state, ReadOnlySpan<byte> item)
        {
        }
    }

    /// <summary>MATCH_RECOGNIZE posts nothing.</summary>
    private sealed class NoMailbox : IMailbox
    {
        public void Post(Action action) => throw new NotSupportedException();

        public IDisposable Schedule(TimeSpan delay, Action action) => throw new NotSupportedException();
    }
}
