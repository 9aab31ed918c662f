using System.Diagnostics;
using Millrace.Processes;

namespace Millrace.Benchmarks.Failover;

/// <summary>
/// How long it takes until records flow again, on real processes with the shipped configuration: a job whose
/// channels connect all TaskManagers, from the signal to the first rows that its next attempt has committed.
/// The job's restart delay is nothing.
/// </summary>
internal sealed class FailoverBenchmark : IBenchmark
{
    private const int Rounds = 10, JobManagers = 2, TaskManagers = 3, Slots = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public string Name => "failover";

    public string Summary =>
        $"until records flow again, {JobManagers} JobManagers, {TaskManagers} TaskManagers, {Rounds} rounds";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings) =>
        RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-bench-").FullName;
        var cluster = new ProcessCluster(
            Path.Combine(folder, "cluster"), Environment.GetEnvironmentVariable("MILLRACE_PROGRAMS"));
        try
        {
            await cluster.StartAsync(JobManagers, TaskManagers, Slots);
            var job = new FlowingJob(cluster, folder);
            await job.StartAsync();
            return
            [
                .. await MeasureAsync(
                    cluster, job, "kill -9 of the oldest TaskManager", ProcessRole.TaskManager,
                    Signals.SendKill),
                .. await MeasureAsync(
                    cluster, job, "a TaskManager falls silent (SIGSTOP)", ProcessRole.TaskManager,
                    Signals.SendStop),
                .. await MeasureAsync(
                    cluster, job, "kill -9 of the leading JobManager", ProcessRole.JobManager,
                    Signals.SendKill),
                .. await MeasureAsync(
                    cluster, job, "the leading JobManager falls silent (SIGSTOP)", ProcessRole.JobManager,
                    Signals.SendStop),
            ];
        }
        finally
        {
            await cluster.StopAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The oldest of a role is the worst to lose: it leads jobs, or keeps the shards' coordinator.
    /// </summary>
    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        ProcessCluster cluster, FlowingJob job, string what, ProcessRole role, Action<NodeProcess> hit)
    {
        List<double> seconds = [];
        for (int i = 0; i < Rounds; i++)
        {
            await job.FlowsAsync(Limit);
            NodeProcess victim = cluster.Processes.First(p => p.Role == role);
            long attempt = job.Attempt();
            var time = Stopwatch.StartNew();
            hit(victim);
            while (job.Attempt() <= attempt && time.Elapsed < Limit) await Task.Delay(Pause);
            seconds.Add(time.Elapsed.TotalSeconds);
            Signals.SendKill(victim);
            await cluster.ReadyAsync(await cluster.AddAsync(role));
        }
        seconds.Sort();
        return
        [
            Measurement.Of($"{what}: median", seconds[seconds.Count / 2], "s"),
            Measurement.Of($"{what}: worst", seconds[^1], "s"),
        ];
    }
}
