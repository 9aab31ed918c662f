using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.JobManager;
using Millrace.Shared.Connect;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.TaskManager;

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
    private Task? _stopped;

    private ChaosNode(IHost host, TaskCompletionSource<NodeEnd> ended, ChaosRuntime? runtime)
    {
        _host = host;
        _ended = ended;
        Runtime = runtime;
        System = host.Services.GetRequiredService<ActorSystem>();
        Address = Akka.Cluster.Cluster.Get(System).SelfAddress;
        if (runtime is not null) FaultyLinks.Belongs(runtime.DataPort, Address.Port!.Value);
    }

    /// <summary>Of a TaskManager.</summary>
    public ChaosRuntime? Runtime { get; }

    public bool IsJobManager => Runtime is null;

    public ActorSystem System { get; }

    public Address Address { get; }

    /// <summary>host:port.</summary>
    public string Name => NodeNames.Of(Address);

    /// <summary>The singleton, through its proxy.</summary>
    public IActorRef JobManager => ActorRegistry.For(System).Get<JobManagerKey>();

    /// <summary>Why the program would end its process now.</summary>
    public Task<NodeEnd> Ended => _ended.Task;

    /// <summary>Not killed, nor about to end its process.</summary>
    public bool IsAlive => !Ended.IsCompleted && !System.WhenTerminated.IsCompleted;

    public static Task<ChaosNode> StartJobManagerAsync(
        JobManagerOptions options, IConnectorRegistry connectors, NodeOptions node) =>
        StartAsync(node, null, akka => akka.WithJobManager(options, connectors));

    public static Task<ChaosNode> StartTaskManagerAsync(int slots, ChaosRuntime runtime, NodeOptions node)
    {
        var options = new TaskManagerOptions { Slots = slots, Exchange = runtime.DataAddress };
        return StartAsync(
            node, runtime, akka => akka.WithTaskManager(options, runtime.Executor, hasJobManager: false));
    }

    /// <summary>As kill -9: sockets close, nobody hears a word.</summary>
    public async Task KillAsync()
    {
        ((ExtendedActorSystem)System).Abort();
        if (Runtime is not null) await Runtime.KillAsync();
        await System.WhenTerminated;
    }

    /// <summary>The end of its program; again, the same one.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_host) return new ValueTask(_stopped ??= StopAsync());
    }

    private async Task StopAsync()
    {
        await Task.Yield();
        await _host.StopAsync();
        _host.Dispose();
        if (Runtime is not null) await Runtime.DisposeAsync();
    }

    public override string ToString() => Name;

    private static async Task<ChaosNode> StartAsync(
        NodeOptions node, ChaosRuntime? runtime, Action<AkkaConfigurationBuilder> addRole)
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
        return new ChaosNode(host, ended, runtime);
    }
}
