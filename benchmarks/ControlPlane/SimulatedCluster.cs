using System.Diagnostics;
using Akka.Actor;
using Millrace.Connectors;
using Millrace.JobManager;
using Millrace.Local;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.Benchmarks.ControlPlane;

/// <summary>
/// The real JobManager in this process and its TaskManagers in others, so that the processor time of this one
/// is the JobManager's.
/// </summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-bench").FullName;
    private readonly List<Process> _processes = [];
    private ClusterNode? _node;

    public IActorRef JobManager => _node!.JobManager;

    public async Task StartAsync()
    {
        var roles = new NodeRoles(new JobManagerOptions { DataFolder = _folder }, null);
        _node = await ClusterNode.StartAsync(
            roles, null, ConnectorRegistry.Default, null, CancellationToken.None);
    }

    /// <summary>Starts a process that stands for the TaskManagers of these numbers.</summary>
    public Process AddNodes(int first, int count, int slots)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(SimulatedCluster).Assembly.Location);
        foreach (string argument in SimulatedNodes.Arguments(_node!.Address, first, count, slots))
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    public async Task<T> AskAsync<T>(object question)
    {
        object answer = await JobManager.Ask<object>(question, Patience);
        return answer is RequestFailed failed
            ? throw new MillraceException((ErrorKind)failed.Kind, failed.Message)
            : (T)answer;
    }

    public Task SlotsAsync(int count) =>
        UntilAsync(async () => (await AskAsync<SlotCount>(new GetSlots())).Total >= count, "slots");

    /// <summary>Waits until the job's summary is as wanted.</summary>
    public Task JobAsync(string job, Func<JobSummary, bool> wanted) => UntilAsync(
        async () => (await AskAsync<JobList>(new ListJobs())).Jobs.Any(j => j.JobId == job && wanted(j)),
        "the job");

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Invariant.Check(Stopwatch.GetElapsedTime(start) < Patience, $"{what} took too long");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
        if (_node is not null) await _node.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
