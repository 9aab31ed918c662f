using System.Diagnostics;
using Akka.Actor;
using Millrace.Connectors;
using Millrace.JobManager;
using Millrace.Local;
using Millrace.Shared.Errors;
using Millrace.Shared.Membership;
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
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-bench").FullName;
    private readonly List<Process> _processes = [];
    private ClusterNode? _node;

    public IActorRef JobManager => _node!.JobManager;

    public async Task StartAsync()
    {
        var roles = new NodeRoles(new JobManagerOptions { DataFolder = _folder }, null);
        _node = await ClusterNode.StartAsync(
            roles, null, ConnectorRegistry.Default, null, CancellationToken.None);
        IActorRef deaths = _node.System.ActorOf(Props.Create(() => new SimulatedDeaths(_node.JobManager)));
        _node.System.EventStream.Subscribe(deaths, typeof(NodeDead));
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

    /// <summary>Asks until there is an answer; a question may be lost while the JobManager begins.</summary>
    public async Task<T> AskAsync<T>(object question)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                object answer = await JobManager.Ask<object>(question, AnswerPatience);
                return answer is RequestFailed failed
                    ? throw new MillraceException((ErrorKind)failed.Kind, failed.Message)
                    : (T)answer;
            }
            catch (AskTimeoutException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
            }
        }
    }

    public Task SlotsAsync(int count) => UntilAsync(async () =>
    {
        int total = (await AskAsync<SlotCount>(new GetSlots())).Total;
        return total >= count ? null : $"{total} of {count} slots are registered";
    });

    /// <summary>Waits until the job's summary is as wanted.</summary>
    public Task JobAsync(string job, Func<JobSummary, bool> wanted) => UntilAsync(async () =>
    {
        JobList jobs = await AskAsync<JobList>(new ListJobs());
        JobSummary? known = jobs.Jobs.FirstOrDefault(j => j.JobId == job);
        return known is not null && wanted(known)
            ? null
            : $"the job is {known?.State}, attempt {known?.Attempt} after {known?.Restarts} restarts";
    });

    /// <summary>Ends a process as <c>kill -9</c> does.</summary>
    public void Kill(Process process)
    {
        _processes.Remove(process);
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <exception cref="MillraceException">Unavailable: a process has ended by itself, which makes all figures
    /// worthless; code 3: the machine was so busy that the cluster took it for dead.</exception>
    public void AssertAllLive()
    {
        if (_processes.FirstOrDefault(p => p.HasExited) is { } ended)
            throw new MillraceException(
                ErrorKind.Unavailable, $"A process of TaskManagers has ended with code {ended.ExitCode}.");
    }

    /// <param name="lacks">Null: it is so; else what it is instead.</param>
    private async Task UntilAsync(Func<Task<string?>> lacks)
    {
        long start = Stopwatch.GetTimestamp();
        while (await lacks() is { } lack)
        {
            AssertAllLive();
            if (Stopwatch.GetElapsedTime(start) >= Patience)
                throw new MillraceException(
                    ErrorKind.Unavailable, $"After {Patience.TotalSeconds} s {lack}.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(EndPatience)) process.Kill();
            process.Dispose();
        }
        if (_node is not null) await _node.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
