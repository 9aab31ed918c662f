using System.Diagnostics;
using Akka.Actor;
using Google.Protobuf;
using Millrace.Chaos.Tests.Simulation;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.Operators;
using Millrace.Shared.Graph;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Millrace.TaskManager;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// JobManagers that share a journal, and TaskManagers with scripted subtasks, each an actor system of its own
/// whose links can be cut. Disposing looks that nothing is left behind.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public const string Job = "0123456789abcdef0123456789abcdef";

    /// <summary>Far more than anything takes, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-chaos-");
    private readonly List<ChaosNode> _nodes = [];

    public ScriptedRuntime Runtime { get; } = new();

    public IReadOnlyList<ChaosNode> Nodes => _nodes;

    /// <summary>Those that were not killed and have not ended themselves.</summary>
    public IEnumerable<ChaosNode> Alive =>
        _nodes.Where(n => !n.Ended.IsCompleted && !n.System.WhenTerminated.IsCompleted);

    /// <summary>The first one forms the cluster.</summary>
    public async Task<ChaosNode> AddJobManagerAsync()
    {
        var options = new JobManagerOptions
        {
            DataFolder = _folder.FullName,
            StopTimeout = TimeSpan.FromSeconds(10),
        };
        return Add(await ChaosNode.StartJobManagerAsync(options, NewNode(NodeOptions.JobManagerRole)));
    }

    public async Task<ChaosNode> AddTaskManagerAsync(int slots = 1)
    {
        ChaosNode? node = null;
        return Add(node = await ChaosNode.StartTaskManagerAsync(
            new TaskManagerOptions { Slots = slots },
            Runtime.NewExecutor(() => node!.Name),
            NewNode(NodeOptions.TaskManagerRole)));
    }

    /// <summary>JobManagers, then TaskManagers, all members and all slots registered.</summary>
    public async Task<(ChaosNode[] JobManagers, ChaosNode[] TaskManagers)> StartAsync(
        int jobManagers, int taskManagers, int slots = 1)
    {
        var leading = new List<ChaosNode>();
        var working = new List<ChaosNode>();
        for (int i = 0; i < jobManagers; i++) leading.Add(await AddJobManagerAsync());
        for (int i = 0; i < taskManagers; i++) working.Add(await AddTaskManagerAsync(slots));
        await UntilAsync(async () =>
            await AskAsync(new GetSlots()) is SlotCount { Total: var total } && total == taskManagers * slots,
            "all slots are registered");
        await UntilAsync(() => _nodes.All(
            n => Akka.Cluster.Cluster.Get(n.System).State.Members.Count == _nodes.Count), "all are members");
        return ([.. leading], [.. working]);
    }

    private async Task SubmitAsync(int parallelism)
    {
        JobGraph graph = SimulatedGraphs.SourceToSink(parallelism, ExchangeKind.Rebalance);
        var submit = new SubmitJob
        {
            JobId = Job,
            Name = "chaos",
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph)),
            Settings = JobSettingsCodec.ToMessage(new JobOptions
            {
                Restart = new RestartOptions { Delay = TimeSpan.FromMilliseconds(50) },
                Checkpoint = new CheckpointOptions
                {
                    Interval = TimeSpan.FromMilliseconds(200),
                    Timeout = TimeSpan.FromSeconds(5),
                    TolerableFailures = 100,
                },
            }),
        };
        await UntilAsync(async () => await AskAsync(submit) is JobSubmitted, "the job is accepted");
    }

    /// <summary>Submits the job and waits for its first checkpoint.</summary>
    public async Task<JobReport> RunAsync(int parallelism)
    {
        await SubmitAsync(parallelism);
        return await UntilCheckpointAsync(attempt: 1, after: 0);
    }

    /// <summary>
    /// A later attempt runs, begun from a checkpoint that is not older than these, and has one of its own.
    /// </summary>
    public async Task UntilGoneOnAsync(JobReport before)
    {
        await UntilCheckpointAsync(before.Attempt + 1, LastCheckpoint(before));
        Assert.True(
            Runtime.LastRestore?.Value >= LastCheckpoint(before), $"begun from {Runtime.LastRestore}");
    }

    /// <summary>The data ends, and so does the job, with nothing of its checkpoints left.</summary>
    public async Task UntilFinishedAsync()
    {
        await UntilAsync(async () =>
        {
            Runtime.EndData();
            return await AskAsync(new GetJob { JobId = Job })
                is JobReport { State: JobStateCode.JobFinished };
        }, "the job has finished");
        await UntilAsync(() => !CheckpointFolders.Any(), "its checkpoints are removed");
    }

    /// <summary>The node finds that it was removed, and nothing runs there any more.</summary>
    public async Task UntilEndedAsync(ChaosNode node)
    {
        await UntilAsync(() => node.Ended.IsCompleted, $"{node} ends itself");
        Assert.Equal(NodeEndReason.Removed, (await node.Ended).Reason);
        await UntilAsync(() => !Runtime.AliveOn(node.Name).Any(), $"all has stopped on {node}");
    }

    private async Task<JobReport> UntilCheckpointAsync(int attempt, long after)
    {
        JobReport? report = null;
        await UntilAsync(async () =>
        {
            report = await AskAsync(new GetJob { JobId = Job }) as JobReport;
            return report is { State: JobStateCode.JobRunning } && report.Attempt >= attempt
                && LastCheckpoint(report) > after;
        }, $"attempt {attempt} runs and has a checkpoint after {after}");
        return report!;
    }

    private static long LastCheckpoint(JobReport report) => report.Checkpoints
        .Where(c => c.Failure.Length == 0).Select(c => c.CheckpointId).DefaultIfEmpty().Max();

    /// <summary>Asks the JobManager through each live node until one brings an answer.</summary>
    public async Task<object?> AskAsync(IMessage question)
    {
        foreach (ChaosNode node in Alive.ToList())
        {
            try
            {
                return await node.JobManager.Ask<object>(question, AskTimeout);
            }
            catch (AskTimeoutException)
            {
            }
        }
        return null;
    }

    public static Task UntilAsync(Func<bool> condition, string what) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"waited in vain until {what}");
            await Task.Delay(PollPause);
        }
    }

    public async Task KillAsync(ChaosNode node)
    {
        Runtime.Kill(node.Name);
        await node.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = _nodes.Count - 1; i >= 0; i--) await _nodes[i].DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    /// <summary>Folders of checkpoints that are there now.</summary>
    public IEnumerable<string> CheckpointFolders =>
        Directory.Exists(Path.Combine(_folder.FullName, "checkpoints"))
            ? Directory.EnumerateDirectories(Path.Combine(_folder.FullName, "checkpoints"))
            : [];

    private ChaosNode Add(ChaosNode node)
    {
        _nodes.Add(node);
        return node;
    }

    private NodeOptions NewNode(string role) => new()
    {
        Roles = [role],
        Seeds = [.. _nodes.Where(n => !n.System.WhenTerminated.IsCompleted).Select(n => n.Name)],
        JoinsBySelf = true,
        Overrides = FaultyTransportProvider.Hocon,
    };
}
