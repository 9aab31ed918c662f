using System.Security.Cryptography;
using Akka.Actor;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.JobManager;
using Millrace.JobManager.Commands;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Status;
using Millrace.Operators;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.TaskManager;
using Millrace.TaskManager.Runtime;

namespace Millrace.Local;

/// <summary>
/// A JobManager and TaskManagers in this process, on loopback ports of their own: what <c>./run</c> and tests
/// start. Disposing stops everything; jobs that have not ended are suspended and go on when a cluster is
/// started on the same folder.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SlotPollPause = TimeSpan.FromMilliseconds(20);

    private readonly List<ClusterNode> _nodes = [];
    private readonly ProcessExchange _exchange = new();
    private readonly string _dataFolder;
    private JobManagerClient? _client;
    private CommandServer? _commands;
    private bool _isDisposed;

    private LocalCluster(LocalClusterOptions options)
    {
        Options = options;
        _dataFolder = options.DataFolder is { } folder
            ? Path.GetFullPath(folder)
            : Directory.CreateTempSubdirectory("millrace-").FullName;
    }

    public LocalClusterOptions Options { get; }

    /// <summary>The folder in use, also where the options name none.</summary>
    public string DataFolder => _dataFolder;

    /// <summary>The nodes' addresses, the JobManager's first.</summary>
    public IReadOnlyList<string> Nodes => [.. _nodes.Select(n => $"{n.Address.Host}:{n.Address.Port}")];

    /// <summary>Where <c>pbm</c> finds the cluster; null where the options name no port.</summary>
    public string? CommandAddress => _commands?.EndPoint.ToString();

    /// <summary>The JobManager's node.</summary>
    internal ActorSystem JobManagerSystem => _nodes[0].System;

    private JobManagerClient Client
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _client!;
        }
    }

    /// <summary>Returns when all slots are registered.</summary>
    public static async Task<LocalCluster> StartAsync(
        LocalClusterOptions? options = null, CancellationToken cancel = default)
    {
        var cluster = new LocalCluster(options ?? new LocalClusterOptions());
        try
        {
            await cluster.StartNodesAsync(cancel).WaitAsync(StartTimeout, cancel).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Plans a job as the JobManager would, without submitting it.</summary>
    /// <exception cref="MillraceException">Invalid: the SQL or a table cannot be used.</exception>
    public static void Validate(JobDefinition definition) =>
        new SqlJobPlanner(ConnectorRegistry.Default).Plan(definition.Name, SqlOf(definition));

    /// <summary>Plans and submits a job; it waits for slots if there are too few now.</summary>
    /// <exception cref="MillraceException">Invalid: the SQL or a table cannot be used; the savepoint does not
    /// fit.</exception>
    public Task<JobId> SubmitAsync(
        JobDefinition definition, RestoreFrom? restore = null, CancellationToken cancel = default)
    {
        SubmitJob submit = NewSubmission(definition.Name, definition.Options, restore);
        submit.Sql = SqlOf(definition);
        return Client.SubmitAsync(submit, cancel);
    }

    /// <summary>Submits a job that is planned already.</summary>
    /// <exception cref="MillraceException">Invalid: the graph cannot run, or the savepoint does not
    /// fit.</exception>
    public Task<JobId> SubmitAsync(
        JobGraph graph, JobOptions? options =
            null, RestoreFrom? restore = null, CancellationToken cancel = default)
    {
        SubmitJob submit = NewSubmission(graph.Name, options ?? new JobOptions(), restore);
        submit.Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph));
        return Client.SubmitAsync(submit, cancel);
    }

    public Task<JobStatus> StatusAsync(JobId job, CancellationToken cancel = default) =>
        Client.StatusAsync(job, cancel);

    /// <summary>
    /// Waits until the job has ended, however it did; it is Suspended when the cluster stops first.
    /// </summary>
    public async Task<JobStatus> WaitAsync(JobId job, CancellationToken cancel = default)
    {
        while (true)
        {
            JobStatus status = await Client.AwaitAsync(job, cancel).ConfigureAwait(false);
            if (status.HasEnded || _isDisposed) return status;
        }
    }

    /// <summary>Returns at once; <see cref="WaitAsync"/> returns when the job is canceled.</summary>
    public Task CancelAsync(JobId job, CancellationToken cancel = default) => Client.CancelAsync(job, cancel);

    /// <summary>Writes a savepoint below <paramref name="folder"/> and returns its own folder.</summary>
    public Task<string> SavepointAsync(JobId job, string folder, CancellationToken cancel = default) =>
        Client.SavepointAsync(job, folder, stop: false, cancel);

    /// <summary>As <see cref="SavepointAsync"/>, and the job has finished when it returns.</summary>
    public Task<string> StopWithSavepointAsync(
        JobId job, string folder, CancellationToken cancel = default) =>
        Client.SavepointAsync(job, folder, stop: true, cancel);

    /// <summary>
    /// The job goes on with another parallelism from a checkpoint taken for it; its next attempt may not have begun
    /// when this returns.
    /// </summary>
    public Task RescaleAsync(JobId job, int parallelism, CancellationToken cancel = default) =>
        Client.RescaleAsync(job, parallelism, cancel);

    /// <summary>Makes one running subtask of the job fail.</summary>
    /// <returns>False when none was running.</returns>
    public async Task<bool> KillRandomSubtaskAsync(
        JobId job, Random random, CancellationToken cancel = default)
    {
        JobStatus status = await StatusAsync(job, cancel).ConfigureAwait(false);
        if (status.State != JobState.Running) return false;
        int victim = random.Next(status.Vertices.Sum(v => v.Parallelism));
        int vertex = 0;
        while (victim >= status.Vertices[vertex].Parallelism) victim -= status.Vertices[vertex++].Parallelism;
        return await Client.FailAsync(
            job, vertex, victim, "It was killed to test recovery.", cancel).ConfigureAwait(false);
    }

    private static SqlJob SqlOf(JobDefinition definition) => new()
    {
        Text = definition.Sql,
        SourceName = definition.SqlFile,
        Parallelism = definition.Parallelism,
        MaxParallelism = definition.MaxParallelism,
    };

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_commands is not null) await _commands.DisposeAsync().ConfigureAwait(false);
        if (_nodes.Count > 0) await _nodes[0].SuspendJobsAsync().ConfigureAwait(false);
        // The JobManager last: TaskManagers leave an orderly cluster.
        for (int i = _nodes.Count - 1; i >= 0; i--) await _nodes[i].DisposeAsync().ConfigureAwait(false);
        if (Options.DataFolder is null) DeleteDataFolder();
    }

    /// <summary>Ends a TaskManager other than the first, orderly or as if its process had died.</summary>
    internal async Task StopTaskManagerAsync(int index, bool isOrderly)
    {
        ClusterNode node = _nodes[index];
        _nodes.RemoveAt(index);
        if (!isOrderly) await node.AbortAsync().ConfigureAwait(false);
        await node.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartNodesAsync(CancellationToken cancel)
    {
        for (int i = 0; i < Options.TaskManagers; i++)
        {
            var roles = new NodeRoles(
                i == 0 ? new JobManagerOptions
                {
                    DataFolder = _dataFolder,
                    CheckpointFiles = Options.CheckpointFiles,
                    MySqlJournal = Options.MySqlJournal,
                } : null,
                new TaskManagerOptions { Slots = Options.SlotsPerTaskManager })
            {
                Logging = Options.Logging,
            };
            _nodes.Add(await ClusterNode.StartAsync(
                roles, i == 0
                    ? null
                    : _nodes[0].Address, Options.Connectors, NewExecutor(), cancel).ConfigureAwait(false));
        }
        _client = new JobManagerClient(_nodes[0].JobManager);
        if (Options.CommandPort is { } port)
            _commands = CommandServer.Start(
                _nodes[0].System, new CommandServerOptions { Port = port });
        int wanted = Options.TaskManagers * Options.SlotsPerTaskManager;
        while ((await _client.SlotsAsync(cancel).ConfigureAwait(false)).Total < wanted)
            await Task.Delay(SlotPollPause, TimeProvider.System, cancel).ConfigureAwait(false);
    }

    private ITaskExecutor NewExecutor() =>
        Options.Executor?.Invoke()
        ?? new TaskExecutor(Options.Time, Options.Connectors, Options.CheckpointFiles, _exchange);

    private static SubmitJob NewSubmission(string name, JobOptions options, RestoreFrom? restore) => new()
    {
        JobId = RandomNumberGenerator.GetHexString(32, lowercase: true),
        Name = name,
        Settings = JobSettingsCodec.ToMessage(options),
        RestorePath = restore is null ? "" : Path.GetFullPath(restore.Path),
        AllowNonRestoredState = restore?.AllowNonRestoredState ?? false,
    };

    private void DeleteDataFolder()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_dataFolder, recursive: true);
    }
}
