using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Millrace.Benchmarks.Runtime;
using Millrace.JobManager.Configuration;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Sql;

namespace Millrace.Benchmarks.ControlPlane;

/// <summary>
/// What a job of many subtasks costs the JobManager, as the cluster grows: until it runs, while it takes
/// checkpoints, and until it runs again after the processes of ten TaskManagers were killed.
/// </summary>
/// <param name="sizes">Numbers of TaskManagers, one cluster after the other.</param>
internal sealed class ControlPlaneBenchmark(string name, params int[] sizes) : IBenchmark
{
    private const int SlotsANode = 2;
    private const int SubtasksASlot = 5;
    private const int Victims = 10;
    private const int MaxParallelism = 4096;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    public string Name => name;

    public string Summary =>
        $"the JobManager beside {string.Join(", ", sizes)} TaskManagers of two slots with five subtasks each; a "
        + "checkpoint every 10 s, ten TaskManagers killed at once";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings) =>
        [.. sizes.SelectMany(nodes => RunAsync(nodes).GetAwaiter().GetResult())];

    private static async Task<List<Measurement>> RunAsync(int nodes)
    {
        string what = string.Create(
            CultureInfo.InvariantCulture, $"{nodes} TaskManagers, {nodes * SlotsANode * SubtasksASlot:N0} subtasks");
        List<Measurement> all = [];
        await using var cluster = new SimulatedCluster();
        await cluster.StartAsync();
        long start = Stopwatch.GetTimestamp();
        cluster.AddNodes(Victims, nodes, SlotsANode);
        await cluster.SlotsAsync(nodes * SlotsANode);
        // The first by name, so that the job is given their slots.
        Process victims = cluster.AddNodes(0, Victims, SlotsANode);
        await cluster.SlotsAsync((nodes + Victims) * SlotsANode);
        Add("registered", Milliseconds(start), "ms");

        SubmitJob job = Job(nodes * SlotsANode);
        start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await cluster.AskAsync<JobSubmitted>(job);
        await cluster.JobAsync(job.JobId, j => j.State == JobStateCode.JobRunning);
        Add("deployed", Milliseconds(start), "ms");
        Add("  processor time", (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, "ms");

        await SteadyAsync(cluster, job.JobId, Add);

        start = Stopwatch.GetTimestamp();
        cpu = Environment.CpuUsage.TotalTime;
        victims.Kill();
        await cluster.JobAsync(job.JobId, j => j.Restarts > 0 && j.State == JobStateCode.JobRunning);
        Add("runs again after ten were killed", Milliseconds(start), "ms");
        Add("  processor time", (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, "ms");
        return all;

        void Add(string name, double value, string unit)
        {
            all.Add(Measurement.Of($"{what}: {name}", value, unit));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {name} {value:0.##} {unit}"));
        }
    }

    private static async Task SteadyAsync(SimulatedCluster cluster, string job, Action<string, double, string> add)
    {
        // What deploying left behind, and the first checkpoint, are over.
        await Task.Delay(CheckpointInterval, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(Steady, TimeProvider.System);
        add("cores in steady state", (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(start), "");
        JobReport report = await cluster.AskAsync<JobReport>(new GetJob { JobId = job });
        Invariant.Check(report.CheckpointsCompleted > 1);
        add("checkpoint, median", report.Checkpoints.Select(c => (double)c.DurationMs).Order()
            .ElementAt(report.Checkpoints.Count / 2), "ms");
        start = Stopwatch.GetTimestamp();
        report = await cluster.AskAsync<JobReport>(new GetJob { JobId = job });
        add("the job's report", Milliseconds(start), "ms");
        add("the job's report", report.CalculateSize() / 1024.0, "KiB");
    }

    private static double Milliseconds(long since) => Stopwatch.GetElapsedTime(since).TotalMilliseconds;

    private static SubmitJob Job(int parallelism)
    {
        JobGraph graph = SqlPlanner.Plan("""
            CREATE TABLE a (k BIGINT, v BIGINT) WITH ('connector' = 'memory');
            CREATE TABLE z (n BIGINT, m BIGINT) WITH ('connector' = 'memory');
            INSERT INTO z SELECT n, COUNT(*) FROM (SELECT m, COUNT(*) AS n FROM (SELECT t, COUNT(*) AS m FROM (
                SELECT k, SUM(v) AS t FROM a GROUP BY k) GROUP BY t) GROUP BY m) GROUP BY n;
            """, new PlannerOptions(new MemoryTables([], 0), "scale", parallelism, MaxParallelism)).Graph!;
        Invariant.Check(graph.Vertices.Length == SubtasksASlot, $"the job has {graph.Vertices.Length} vertices");
        var options = new JobOptions
        {
            Restart = new RestartOptions { Delay = TimeSpan.Zero },
            Checkpoint = new CheckpointOptions { Interval = CheckpointInterval },
        };
        return new SubmitJob
        {
            JobId = Convert.ToHexString(BitConverter.GetBytes((long)parallelism)),
            Name = "scale",
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph)),
            Settings = JobSettingsCodec.ToMessage(options),
        };
    }
}
