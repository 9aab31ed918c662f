using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Millrace.Benchmarks.Runtime;
using Millrace.JobManager.Configuration;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Hosting;
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
        $"the JobManager beside {string.Join(", ", sizes)} TaskManagers of two slots with five subtasks each; "
        + "a checkpoint every 10 s, ten TaskManagers killed at once";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings) =>
        [.. sizes.SelectMany(nodes => RunAsync(nodes).GetAwaiter().GetResult())];

    private static async Task<List<Measurement>> RunAsync(int nodes)
    {
        var figures = new Figures(string.Create(
            CultureInfo.InvariantCulture,
            $"{nodes} TaskManagers, {nodes * SlotsANode * SubtasksASlot:N0} subtasks"));
        await using var cluster = new SimulatedCluster();
        await cluster.StartAsync();
        Process victims = null!;
        await figures.TimeAsync("registered", async () =>
        {
            cluster.AddNodes(Victims, nodes, SlotsANode);
            await cluster.SlotsAsync(nodes * SlotsANode);
            // The first by name, so that the job is given their slots.
            victims = cluster.AddNodes(0, Victims, SlotsANode);
            await cluster.SlotsAsync((nodes + Victims) * SlotsANode);
        });
        SubmitJob job = Job(nodes * SlotsANode);
        await figures.TimeAsync("deployed", async () =>
        {
            await cluster.AskAsync<JobSubmitted>(job);
            await cluster.JobAsync(job.JobId, j => j.State == JobStateCode.JobRunning);
        });
        await SteadyAsync(cluster, job.JobId, figures);
        await figures.TimeAsync("runs again after ten were killed", async () =>
        {
            cluster.Kill(victims);
            await cluster.JobAsync(job.JobId, j => j.Restarts > 0 && j.State == JobStateCode.JobRunning);
        });
        return figures.All;
    }

    private static async Task SteadyAsync(SimulatedCluster cluster, string job, Figures figures)
    {
        // What deploying left behind, and the first checkpoint, are over.
        await Task.Delay(CheckpointInterval, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(Steady, TimeProvider.System);
        TimeSpan busy = Environment.CpuUsage.TotalTime - cpu;
        cluster.AssertAllLive();
        figures.Add("cores in steady state", busy / Stopwatch.GetElapsedTime(start), "");
        JobReport report = await cluster.AskAsync<JobReport>(new GetJob { JobId = job });
        double[] checkpoints = [.. report.Checkpoints.Select(c => (double)c.DurationMs).Order()];
        Invariant.Check(
            report.CheckpointsCompleted > 1 && report.Restarts == 0,
            $"the job is {report.State} after {report.Restarts} restarts, {report.CheckpointsCompleted} checkpoints: "
            + $"{report.Detail} {report.Exceptions.LastOrDefault()?.Message} "
            + $"{report.Checkpoints.LastOrDefault()?.Failure}");
        figures.Add("checkpoint, median", checkpoints[checkpoints.Length / 2], "ms");
        Invariant.Check(report.CalculateSize() < new NodeOptions { Roles = [] }.MaxFrameBytes);
        figures.Add("the job's report", report.CalculateSize() / 1024.0, "KiB");
    }

    private static SubmitJob Job(int parallelism)
    {
        JobGraph graph = SqlPlanner.Plan("""
            CREATE TABLE a (k BIGINT, v BIGINT) WITH ('connector' = 'memory');
            CREATE TABLE z (n BIGINT, m BIGINT) WITH ('connector' = 'memory');
            INSERT INTO z SELECT n, COUNT(*) FROM (
                SELECT m, COUNT(*) AS n FROM (
                    SELECT t, COUNT(*) AS m FROM (SELECT k, SUM(v) AS t FROM a GROUP BY k) GROUP BY t)
                GROUP BY m) GROUP BY n;
            """, new PlannerOptions(new MemoryTables([], 0), "scale", parallelism, MaxParallelism)).Graph!;
        Invariant.Check(graph.Vertices.Length == SubtasksASlot);
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

    /// <summary>What was measured with one size; also shown as it comes, since all takes minutes.</summary>
    private sealed class Figures(string size)
    {
        public List<Measurement> All { get; } = [];

        public void Add(string name, double value, string unit)
        {
            All.Add(Measurement.Of($"{size}: {name}", value, unit));
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{size}: {name} {value:0.##} {unit}"));
        }

        public async Task TimeAsync(string name, Func<Task> act)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            await act();
            Add(name, Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
            Add("  processor time", (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, "ms");
        }
    }
}
