using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.Connectors;
using Millrace.JobManager;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.TaskManager;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// A JobManager or a TaskManager as its program starts it, in an actor system of the test's process.
/// </summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    /// <summary>Set <c>MILLRACE_CHAOS_LOG</c> to see what the nodes say.</summary>
    private static readonly bool IsLogged =
        Environment.GetEnvironmentVariable("MILLRACE_CHAOS_LOG") is not null;

    private readonly IHost _host;
    private readonly TaskCompletionSource<NodeEnd> _ended;

    private ChaosNode(IHost host, TaskCompletionSource<NodeEnd> ended)
    {
        _host = host;
        _ended = ended;
        System = host.Services.GetRequiredService<ActorSystem>();
        Address = Akka.Cluster.Cluster.Get(System).SelfAddress;
    }

    public ActorSystem System { get; }

    public Address Address { get; }

    /// <summary>host:port.</summary>
    public string Name => NodeNames.Of(Address);

    /// <summary>The singleton, through its proxy.</summary>
    public IActorRef JobManager => ActorRegistry.For(System).Get<JobManagerKey>();

    /// <summary>Why the program would end its process now.</summary>
    public Task<NodeEnd> Ended => _ended.Task;

    public static Task<ChaosNode> StartJobManagerAsync(JobManagerOptions options, NodeOptions node) =>
        StartAsync(node, akka => akka.WithJobManager(options, ConnectorRegistry.Default));

    public static Task<ChaosNode> StartTaskManagerAsync(
        TaskManagerOptions options, ITaskExecutor executor, NodeOptions node) =>
        StartAsync(node, akka => akka.WithTaskManager(options, executor, hasJobManager: false));

    /// <summary>As kill -9: sockets close, nobody hears a word.</summary>
    public async Task KillAsync()
    {
        ((ExtendedActorSystem)System).Abort();
        await System.WhenTerminated;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    public override string ToString() => Name;

    private static async Task<ChaosNode> StartAsync(
        NodeOptions node, Action<AkkaConfigurationBuilder> addRole)
    {
        var ended = new TaskCompletionSource<NodeEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(NodeOptions.SystemName, akka =>
        {
            akka.ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    if (IsLogged) loggers.AddLogger<Akka.Event.DefaultLogger>();
                    loggers.LogLevel = IsLogged
                        ? Akka.Event.LogLevel.InfoLevel
                        : Akka.Event.LogLevel.ErrorLevel;
                })
                .WithMillraceNode(node with { Ended = end => ended.TrySetResult(end) });
            addRole(akka);
        });
        IHost host = builder.Build();
        await host.StartAsync();
        return new ChaosNode(host, ended);
    }
}
