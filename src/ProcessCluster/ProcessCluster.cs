using Millrace.Shared.Configuration;
using Millrace.Shared.Errors;
using Millrace.Shared.Processes;

namespace Millrace.Processes;

/// <summary>
/// A cluster of real processes on this machine, all on free loopback ports, known by its folder. Nothing of
/// it is held in memory: any number of commands may look after one folder at the same time, and none needs
/// to live as long as the processes.
/// </summary>
/// <param name="path">The cluster's folder.</param>
/// <param name="programs">Where the programs are; null: beside this one.</param>
/// <param name="host">Where its processes run; null: on the loopback addresses of this machine.</param>
public sealed class ProcessCluster(string path, string? programs = null, ProcessHost? host = null)
{
    private const int MaxSeeds = 5;
    private static readonly TimeSpan ListenTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ClusterFolder _folder = new(path);
    private readonly string _programs = programs ?? AppContext.BaseDirectory;

    /// <summary>The processes that run now.</summary>
    public IReadOnlyList<NodeProcess> Processes =>
        [.. _folder.Names.Select(n => NodeProcess.Find(_folder, n)).OfType<NodeProcess>()];

    /// <summary>Starts the cluster and returns when all slots are registered.</summary>
    /// <remarks>In the folder of an earlier cluster it goes on with that one's jobs.</remarks>
    /// <exception cref="MillraceException">A process did not come up, and the others are stopped again; or
    /// some run already.</exception>
    public async Task StartAsync(
        int jobManagers, int taskManagers, int slots, CancellationToken cancel = default)
    {
        _folder.Create();
        List<NodeProcess> started = [];
        try
        {
            using (await _folder.LockAsync(cancel).ConfigureAwait(false))
            {
                if (Processes is [var running, ..])
                    throw new MillraceException(ErrorKind.Invalid,
                        $"A cluster runs in {_folder.Path} already ({running.Name}, pid {running.Pid}); "
                        + "add to it or stop it.");
                _folder.Write(new ClusterSettings(slots));
                // The others join by the first one, which takes any free port.
                started.Add(Launch(ClusterFolder.NameOf(ProcessRole.JobManager, 1), slots));
                started[0] = await UntilAsync(started[0], p => p.Listens, ListenTimeout, cancel)
                    .ConfigureAwait(false);
                for (int i = 2; i <= jobManagers; i++)
                    started.Add(Launch(ClusterFolder.NameOf(ProcessRole.JobManager, i), slots));
                for (int i = 1; i <= taskManagers; i++)
                    started.Add(Launch(ClusterFolder.NameOf(ProcessRole.TaskManager, i), slots));
            }
            foreach (NodeProcess process in started)
                await UntilAsync(process, p => p.IsReady, ReadyTimeout, cancel).ConfigureAwait(false);
        }
        catch
        {
            foreach (NodeProcess process in started) Signals.SendKill(process);
            throw;
        }
    }

    /// <summary>Starts one more process and returns when it listens; it joins and registers on its
    /// own.</summary>
    public async Task<NodeProcess> AddAsync(ProcessRole role, CancellationToken cancel = default)
    {
        int slots = _folder.ReadSettings().Slots;
        NodeProcess process;
        using (await _folder.LockAsync(cancel).ConfigureAwait(false))
        {
            if (!Processes.Any(p => p.Listens))
                throw new MillraceException(ErrorKind.Invalid,
                    $"Nothing runs in {_folder.Path} that a {role.Word()} could join; start the cluster "
                    + $"first.");
            process = Launch(_folder.NewName(role), slots);
        }
        return await UntilAsync(process, p => p.Listens, ListenTimeout, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits until the process has joined and does its work.</summary>
    public Task<NodeProcess> ReadyAsync(NodeProcess process, CancellationToken cancel = default) =>
        UntilAsync(process, p => p.IsReady, ReadyTimeout, cancel);

    /// <summary>Ends every process of the folder, orderly where it lets itself; leaves the logs.</summary>
    /// <remarks>JobManagers first: to one that lives, TaskManagers that go are failures of its
    /// jobs.</remarks>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        // Not the settings: what runs must be stopped whatever became of that file.
        _folder.RequireStarted();
        using IDisposable held = await _folder.LockAsync(cancel).ConfigureAwait(false);
        foreach (ProcessRole role in Enum.GetValues<ProcessRole>())
            await StopAsync([.. Processes.Where(p => p.Role == role)], cancel).ConfigureAwait(false);
        foreach (string name in _folder.Names) LaunchRecord.Remove(_folder.Node(name));
    }

    private static async Task StopAsync(IReadOnlyList<NodeProcess> processes, CancellationToken cancel)
    {
        foreach (NodeProcess process in processes) Signals.SendTerminate(process);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StopTimeout);
        while (processes.Any(p => p.IsAlive))
        {
            if (limit.IsCancellationRequested)
                foreach (NodeProcess process in processes) Signals.SendKill(process);
            await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(false);
        }
    }

    private NodeProcess Launch(string name, int slots)
    {
        LaunchRecord launched =
            ProcessLauncher.Launch(_folder, name, _programs, host?.Words ?? [], Options(name, slots));
        return new NodeProcess(
            name, ClusterFolder.RoleOf(name)!.Value, launched.Pid, launched.StartTicks, _folder.Log(name),
            IsReady: false, IsStopped: false, "", new Dictionary<string, int>());
    }

    private List<string> Options(string name, int slots)
    {
        ProcessRole role = ClusterFolder.RoleOf(name)!.Value;
        List<string> options = [$"--node.data_folder={_folder.Node(name)}"];
        IReadOnlySet<string> chosen = new HashSet<string>();
        if (_folder.Configuration(role) is { } file)
        {
            options.Add($"--config={file}");
            chosen = ConfigSources.NamesIn(file);
        }
        // One that is stopped now may be the only one that a node ever hears of, and go on later.
        string seeds = string.Join(',', Processes.Where(p => p.Listens)
            .OrderBy(p => p.IsStopped).ThenBy(p => p.Role).Take(MaxSeeds)
            .Select(p => p.AddressOf("remoting")));
        if (host is not null) options.Add($"--node.host={host.Address}");
        if (seeds.Length > 0) options.Add($"--cluster.seeds={seeds}");
        if (role == ProcessRole.TaskManager)
            options.Add($"--slots={slots}");
        else
            foreach ((string key, string value) in (IEnumerable<(string, string)>)
                [("commands.port", "0"), ("journal.url", $"jdbc:sqlite:{_folder.Journal}"),
                    ("checkpoints.folder", _folder.Checkpoints)])
                if (!chosen.Contains(key)) options.Add($"--{key}={value}");
        return options;
    }

    /// <summary>The process once the condition holds.</summary>
    /// <exception cref="MillraceException">Unavailable: it ended, or the time ran out; with what its log says
    /// last. Where the time ran out it is ended.</exception>
    private async Task<NodeProcess> UntilAsync(
        NodeProcess process, Func<NodeProcess, bool> condition, TimeSpan timeout, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        while (true)
        {
            if (NodeProcess.Find(_folder, process.Name) is { } now && now.Pid == process.Pid)
            {
                if (condition(now)) return now;
            }
            else if (!process.IsAlive) throw Failed(process, "has ended");
            if (limit.IsCancellationRequested)
            {
                Signals.SendKill(process);
                cancel.ThrowIfCancellationRequested();
                throw Failed(process, $"was not there after {timeout.TotalSeconds} s");
            }
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static MillraceException Failed(NodeProcess process, string what) => new(
        ErrorKind.Unavailable,
        $"{process.Name} {what}: {LogTail.LastLine(process.Log)} (log: {process.Log})");
}
