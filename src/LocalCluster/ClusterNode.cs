using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.JobManager;
using Millrace.JobManager.Actors;
using Millrace.Shared.Connect;
using Millrace.Shared.Hosting;
using Millrace.TaskManager;
using Millrace.TaskManager.Runtime;

namespace Millrace.Local;

/// <summary>One actor system in this process, hosted as a node of its own would be.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SuspendTimeout = TimeSpan.FromSeconds(6);

    private readonly IHost _host;
    private readonly ITaskExecutor? _executor;

    private ClusterNode(IHost host, ITaskExecutor? executor)
    {
        _host = host;
        _executor = executor;
        System = host.Services.GetRequiredService<ActorSystem>();
    }

    public ActorSystem System { get; }

    public Address Address => Cluster.Get(System).SelfAddress;

    public IActorRef JobManager => ActorRegistry.For(System).Get<JobManagerKey>();

    /// <param name="roles">What the node is; a role's options must be given with it.</param>
    /// <param name="join">A node to join; null: this one forms the cluster.</param>
    /// <param name="executor">Runs the subtasks of the node; disposed with it.</param>
    public static async Task<ClusterNode> StartAsync(
        NodeRoles roles, Address? join, IConnectorRegistry connectors, ITaskExecutor? executor,
            CancellationToken cancel)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        if (roles.Logging is { } logging) builder.Logging.AddProvider(logging);
        builder.Services.AddAkka(NodeOptions.SystemName, akka =>
        {
            akka.ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLoggerFactory();
                    loggers.LogLevel = roles.Logging is null
                        ? Akka.Event.LogLevel.ErrorLevel
                        : Akka.Event.LogLevel.InfoLevel;
                })
                .WithMillraceNode(new NodeOptions { Roles = roles.Names, Overrides = roles.Overrides });
            if (roles.JobManager is { } jobManager) akka.WithJobManager(jobManager, connectors);
            if (roles.TaskManager is { } taskManager)
                akka.WithTaskManager(taskManager, executor!, hasJobManager: roles.JobManager is not null);
        });
        IHost host = builder.Build();
        await host.StartAsync(cancel).ConfigureAwait(false);
        var node = new ClusterNode(host, executor);
        Cluster cluster = Cluster.Get(node.System);
        await cluster.JoinAsync(
            join ?? node.Address, cancel).WaitAsync(JoinTimeout, cancel).ConfigureAwait(false);
        return node;
    }

    /// <summary>All jobs stop as they are stored; a JobManager that does not answer is left alone.</summary>
    public async Task SuspendJobsAsync()
    {
        try
        {
            await JobManager.Ask<JobsSuspended>(SuspendJobs.Instance, SuspendTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // Its jobs take the end of the TaskManagers for failures, which the next start heals.
        }
    }

    /// <summary>Stops without a word to the others.</summary>
    public Task AbortAsync()
    {
        ((ExtendedActorSystem)System).Abort();
        return System.WhenTerminated;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
        _executor?.Dispose();
    }
}

/// <summary>What a node is; at least one role.</summary>
internal sealed record NodeRoles(JobManagerOptions? JobManager, TaskManagerOptions? TaskManager)
{
    /// <summary>Where the node's log goes; null: nowhere.</summary>
    public ILoggerProvider? Logging { get; init; }

    public string Overrides { get; init; } = "";

    public IReadOnlyList<string> Names =>
    [
        .. JobManager is null ? Array.Empty<string>() : [NodeOptions.JobManagerRole],
        .. TaskManager is null ? Array.Empty<string>() : [NodeOptions.TaskManagerRole],
    ];
}
