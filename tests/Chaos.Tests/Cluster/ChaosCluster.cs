using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.Connectors.Jdbc;
using Millrace.JobManager;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// JobManagers that share a journal, and TaskManagers with real subtasks, each an actor system of its own
/// whose links can be cut. Disposing it after its jobs have ended looks that nothing is left behind.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    /// <summary>Far more than anything takes, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-chaos-");
    private readonly Numbers.Connector _numbers = new();
    private readonly ConnectorRegistry _connectors;
    private readonly Lock _lock = new();
    private readonly List<ChaosNode> _nodes = [];
    private readonly List<ChaosJob> _jobs = [];
    private readonly List<Task> _restarts = [];
    private bool _isDisposing;

    public ChaosCluster() => _connectors = new ConnectorRegistry(_numbers, new JdbcConnector());

    public FaultyFiles Files { get; } = new();

    /// <summary>Of the next JobManagers; zero: their default.</summary>
    public TimeSpan Lease { get; set; } = new JobManagerOptions { DataFolder = "" }.Lease;

    /// <summary>Of the next nodes.</summary>
    public DowningOptions Downing { get; set; } = new();

    /// <summary>
    /// Whether a node that ends itself is started again, as a service manager would, at another address.
    /// </summary>
    public bool RestartsEnded { get; set; }

    /// <summary>All that ever were.</summary>
    public IReadOnlyList<ChaosNode> Nodes
    {
        get
        {
            lock (_lock) return [.. _nodes];
        }
    }

    /// <summary>Those that were not killed and have not ended themselves.</summary>
    public IReadOnlyList<ChaosNode> Alive => [.. Nodes.Where(n => n.IsAlive)];

    public string Folder => _folder.FullName;

    /// <summary>The first one forms the cluster.</summary>
    public Task<ChaosNode> AddJobManagerAsync() => AddAsync(AddJobManagerAsync, node =>
        ChaosNode.StartJobManagerAsync(
            new JobManagerOptions
            {
                DataFolder = Folder,
                CheckpointFiles = Files,
                Lease = Lease,
                StopTimeout = TimeSpan.FromSeconds(10),
            },
            _connectors,
            node with { Roles = [NodeOptions.JobManagerRole], ClusterFolder = Folder }));

    public Task<ChaosNode> AddTaskManagerAsync(int slots = 1) => AddAsync(
        () => AddTaskManagerAsync(slots),
        node => ChaosNode.StartTaskManagerAsync(
            slots,
            new ChaosRuntime(_connectors, Files),
            node with { Roles = [NodeOptions.TaskManagerRole] }));

    /// <summary>JobManagers, then TaskManagers, all members and all slots registered.</summary>
    public async Task<(ChaosNode[] JobManagers, ChaosNode[] TaskManagers)> StartAsync(
        int jobManagers, int taskManagers, int slots = 1)
    {
        var leading = new List<ChaosNode>();
        var working = new List<ChaosNode>();
        for (int i = 0; i < jobManagers; i++) leading.Add(await AddJobManagerAsync());
        for (int i = 0; i < taskManagers; i++) working.Add(await AddTaskManagerAsync(slots));
        await UntilSlotsAsync(taskManagers * slots);
        await UntilAgreedAsync();
        return ([.. leading], [.. working]);
    }

    /// <summary>A job that is not submitted yet.</summary>
    public ChaosJob NewJob()
    {
        var job = new ChaosJob(this, _jobs.Count + 1, stream => _numbers[stream]);
        _jobs.Add(job);
        return job;
    }

    public Task UntilSlotsAsync(int count) => UntilAsync(async () =>
        await AskAsync(new GetSlots()) is SlotCount { Total: var total } && total == count,
        $"{count} slots are registered");

    /// <summary>All that are alive see each other, and nobody else.</summary>
    public Task UntilAgreedAsync() => UntilAsync(() =>
    {
        IReadOnlyList<ChaosNode> alive = Alive;
        HashSet<Address> addresses = [.. alive.Select(n => n.Address)];
        return alive.All(n =>
        {
            ClusterEvent.CurrentClusterState state = Akka.Cluster.Cluster.Get(n.System).State;
            return state.Unreachable.IsEmpty && state.Members.All(m => m.Status == MemberStatus.Up)
                && addresses.SetEquals(state.Members.Select(m => m.Address));
        });
    }, "all agree on who is a member");

    /// <summary>The node finds that it was removed, and nothing runs there any more.</summary>
    public static async Task UntilEndedAsync(ChaosNode node)
    {
        await UntilAsync(() => node.Ended.IsCompleted, $"{node} ends itself");
        Xunit.Assert.Equal(NodeEndReason.Removed, (await node.Ended).Reason);
        await UntilAsync(
            () => node.Runtime is not { Executor.RunningCount: > 0 }, $"all has stopped on {node}");
    }

    /// <summary>Asks the JobManager through each live node until one brings an answer.</summary>
    public async Task<object?> AskAsync(IMessage question)
    {
        foreach (ChaosNode node in Alive)
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

    public static Task UntilAsync(Func<Task<bool>> condition, string what) =>
        UntilAsync(condition, () => what);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"waited in vain until {what()}");
            await Task.Delay(PollPause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposing = true;
        Files.Release();
        _jobs.ForEach(j => j.Numbers.Release());
        await Task.WhenAll(_restarts);
        ForgetLinks();
        // Those who work first, so that a JobManager sees them leave.
        await Task.WhenAll(Nodes.Where(n => !n.IsJobManager).Select(n => n.DisposeAsync().AsTask()));
        foreach (ChaosNode node in Nodes.Reverse().Where(n => n.IsJobManager)) await node.DisposeAsync();
        // A test that has failed on its way says why; what it leaves then is no news.
        if (_jobs.All(j => j.HasEnded)) await Leftovers.AssertNoneAsync(Folder, Nodes, _jobs);
        ForgetLinks();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    /// <summary>Cut ones are mended.</summary>
    private void ForgetLinks()
    {
        foreach (ChaosNode node in Nodes) FaultyLinks.Forget(node.Address.Port!.Value);
    }

    private async Task<ChaosNode> AddAsync(
        Func<Task<ChaosNode>> again, Func<NodeOptions, Task<ChaosNode>> startAsync)
    {
        ChaosNode node = await startAsync(new NodeOptions
        {
            Roles = [],
            Seeds = [.. Nodes.Where(n => !n.System.WhenTerminated.IsCompleted).Select(n => n.Name)],
            DataFolder = Path.Combine(Folder, $"node-{Nodes.Count}"),
            JoinsBySelf = true,
            Downing = Downing,
            Overrides = FaultyTransportProvider.Hocon,
        });
        lock (_lock) _nodes.Add(node);
        _ = node.Ended.ContinueWith(end => OnEnded(node, end.Result, again), TaskScheduler.Default);
        return node;
    }

    private void OnEnded(ChaosNode node, NodeEnd end, Func<Task<ChaosNode>> again)
    {
        lock (_lock)
            if (RestartsEnded && !_isDisposing && end.Reason == NodeEndReason.Removed)
                _restarts.Add(RestartAsync(node, again));
    }

    private static async Task RestartAsync(ChaosNode node, Func<Task<ChaosNode>> again)
    {
        await node.DisposeAsync();
        await again();
    }
}
