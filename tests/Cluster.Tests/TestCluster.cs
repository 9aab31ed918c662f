using System.Text.Json.Nodes;
using Millrace.Cluster.Tests.Results;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// A cluster of real processes in a folder of its own. When it is disposed nothing may be left: no process,
/// no port, and no file beside the folder's.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const int LogLines = 20;

    private readonly TempFolder _folder = new();

    /// <summary>The sockets of its processes.</summary>
    private readonly HashSet<string> _listening = [];
    private readonly HashSet<(int Pid, long StartTicks)> _started = [];

    /// <param name="host">Where its processes run; null: here.</param>
    public TestCluster(ProcessHost? host = null)
    {
        Cluster = new ProcessCluster(Folder, ProgramFolder, host);
        Pbm = host is null
            ? new PbmCalls(() => Commands, _folder.Path)
            : new PbmCalls(() => Commands, _folder.Path, host.Words);
    }

    public ProcessCluster Cluster { get; }

    public PbmCalls Pbm { get; }

    /// <summary>Of the cluster; jobs' files lie beside it.</summary>
    public string Folder => _folder.File("cluster");

    /// <summary>
    /// Programs that are compiled ahead, where somebody has built them; they start in half the time.
    /// </summary>
    public static string? ProgramFolder => Environment.GetEnvironmentVariable("MILLRACE_PROGRAMS");

    /// <summary>Command addresses of the JobManagers that live and are not stopped, the oldest
    /// first.</summary>
    private List<string> Commands =>
    [
        .. Of(ProcessRole.JobManager).Where(p => p is { IsStopped: false } && p.Ports.ContainsKey("command"))
            .Select(p => p.AddressOf("command")),
    ];

    /// <summary>The JobManager that leads, as the others see it.</summary>
    public async Task<NodeProcess> LeaderAsync()
    {
        NodeProcess? leader = null;
        await Wait.ForAsync(
            async () =>
            {
                string? address = (string?)(await ShowAsync())["leader"];
                leader = Of(ProcessRole.JobManager)
                    .FirstOrDefault(p => p.Listens && p.AddressOf("remoting") == address);
                return leader is not null;
            },
            "a JobManager leads");
        return leader!;
    }

    /// <summary>As <c>cluster show</c> prints it.</summary>
    public async Task<JsonNode> ShowAsync()
    {
        PbmAnswer shown = await Pbm.CallAsync("cluster", "show", "--output", "json");
        Assert.True(shown.ExitCode == 0, $"{shown}\n{Logs()}");
        return JsonNode.Parse(shown.Output)!;
    }

    /// <summary>
    /// Addresses of the members, once they are the processes that live: a JobManager hears of the last change when
    /// gossip tells it.
    /// </summary>
    /// <param name="asked">One of the JobManagers; null: whichever answers.</param>
    public async Task<IReadOnlyList<string>> MembersAsync(PbmCalls? asked = null)
    {
        IReadOnlyList<string> members = [], living = [];
        await Wait.ForAsync(
            async () =>
            {
                living =
                [
                    .. Cluster.Processes.Select(p => p.AddressOf("remoting")).Order(StringComparer.Ordinal),
                ];
                members = await (asked ?? Pbm).MembersAsync();
                return members.SequenceEqual(living);
            },
            () => $"the members are {string.Join(", ", living)}, not {string.Join(", ", members)}");
        return members;
    }

    /// <summary>Of the cluster, drawn when it was formed.</summary>
    public string Id => System.IO.File.ReadAllText(Path.Combine(Folder, "journal", "cluster-id"));

    public string File(string name) => _folder.File(name);

    public IReadOnlyList<NodeProcess> Of(ProcessRole role) =>
        [.. Cluster.Processes.Where(p => p.Role == role)];

    public async Task StartAsync(int jobManagers, int taskManagers, int slots)
    {
        await Cluster.StartAsync(jobManagers, taskManagers, slots);
        Remember();
    }

    /// <summary>Adds a process and remembers its sockets.</summary>
    public async Task<NodeProcess> AddAsync(ProcessRole role)
    {
        NodeProcess added = await Cluster.AddAsync(role);
        Remember();
        return added;
    }

    /// <summary>Starts a process by its own command line, as one of the cluster's.</summary>
    public NodeProcess Launch(ProcessRole role, params string[] options)
    {
        var folder = new ClusterFolder(Folder);
        string name = folder.NewName(role);
        LaunchRecord launched = ProcessLauncher.Launch(
            folder, name, ProgramFolder ?? AppContext.BaseDirectory, [],
            [$"--node.data_folder={folder.Node(name)}", .. options]);
        return new NodeProcess(
            name, role, launched.Pid, launched.StartTicks, folder.Log(name), IsReady: false,
            IsStopped: false, "", new Dictionary<string, int>());
    }

    /// <summary>What the processes logged last, for a failure's message.</summary>
    public string Logs() => string.Join('\n', Directory.GetFiles(Path.Combine(Folder, "logs")).Order()
        .SelectMany(f => (IEnumerable<string>)
            [$"--- {Path.GetFileName(f)}", .. System.IO.File.ReadLines(f).TakeLast(LogLines)]));

    /// <summary>Stops everything orderly and looks whether anything is left.</summary>
    public async Task StopAsync()
    {
        await Cluster.StopAsync();
        Assert.Empty(ProcessesOf(Folder));
        Assert.Empty(TcpPorts.Listening().Intersect(_listening));
        Assert.DoesNotContain(
            _started.SelectMany(p => RuntimeFiles.Of(p.Pid, p.StartTicks)), System.IO.File.Exists);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "nodes"))) await Cluster.StopAsync();
        foreach (int pid in ProcessesOf(Folder)) Signals.SendKill(pid);
        _folder.Dispose();
    }

    private void Remember()
    {
        foreach (NodeProcess process in Cluster.Processes)
        {
            _listening.UnionWith(TcpPorts.ListeningOf(process.Pid));
            _started.Add((process.Pid, process.StartTicks));
        }
    }

    /// <summary>Pids of all processes whose command line names the folder.</summary>
    private static List<int> ProcessesOf(string folder)
    {
        List<int> found = [];
        foreach (string entry in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), out int pid) || pid == Environment.ProcessId) continue;
            try
            {
                string line = System.IO.File.ReadAllText(Path.Combine(entry, "cmdline"));
                if (line.Contains(folder + "/", StringComparison.Ordinal)) found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }
        return found;
    }
}
