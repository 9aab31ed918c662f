using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.Shared.Remoting;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>A node of a cluster inside the test's process.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TaskCompletionSource<NodeEnd> _ended;
    private readonly EventCollector _events;

    private TestNode(IHost host, TaskCompletionSource<NodeEnd> ended)
    {
        _host = host;
        _ended = ended;
        System = host.Services.GetRequiredService<ActorSystem>();
        _events = new EventCollector(System);
    }

    public ActorSystem System { get; }

    public Cluster Cluster => Cluster.Get(System);

    public string Name => NodeNames.Of(Cluster.SelfAddress);

    public Task<NodeEnd> Ended => _ended.Task;

    public IReadOnlyCollection<NodeDead> Dead => _events.Dead;

    /// <summary>What the node has logged of whom it does not speak TLS with.</summary>
    public IReadOnlyCollection<string> Told => _events.Told;

    /// <summary>Ends when a connection with an address has failed, or one that stood has been lost.</summary>
    public Task FailureOfAsync(Address peer) => _events.FailureOfAsync(peer);

    /// <summary>The members that are Up and reachable, by this node's own view.</summary>
    public IReadOnlyList<string> Members =>
    [
        .. Cluster.State.Members.Where(m => m.Status == MemberStatus.Up)
            .Except(Cluster.State.Unreachable)
            .Select(m => NodeNames.Of(m.Address)),
    ];

    /// <param name="addRoles">Null: membership only.</param>
    public static async Task<TestNode> StartAsync(
        NodeOptions options, Action<AkkaConfigurationBuilder>? addRoles = null)
    {
        var ended = new TaskCompletionSource<NodeEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(NodeOptions.SystemName, akka =>
        {
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.LogLevel = Akka.Event.LogLevel.ErrorLevel;
            });
            akka.WithMillraceNode(options with { Ended = end => ended.TrySetResult(end) });
            addRoles?.Invoke(akka);
        });
        IHost host = builder.Build();
        await host.StartAsync();
        return new TestNode(host, ended);
    }

    public static NodeOptions JobManager(params string[] seeds) =>
        new() { Roles = [NodeOptions.JobManagerRole], Seeds = seeds, JoinsBySelf = true };

    public static NodeOptions TaskManager(params string[] seeds) =>
        new() { Roles = [NodeOptions.TaskManagerRole], Seeds = seeds, JoinsBySelf = true };

    public Task UntilMembersAsync(int count) =>
        Wait.ForAsync(() => Members.Count == count, $"{Name} sees {count} members");

    /// <summary>As if the process had been killed: no word to anyone, sockets closed.</summary>
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

    private sealed class EventCollector
    {
        private readonly ConcurrentQueue<NodeDead> _dead = new();
        private readonly ConcurrentQueue<string> _told = new();
        private readonly ConcurrentDictionary<Address, TaskCompletionSource> _failures = new();

        public EventCollector(ActorSystem system)
        {
            IActorRef collector = system.ActorOf(Props.Create(() => new Collector(this)));
            foreach (Type type in (Type[])
            [
                typeof(NodeDead), typeof(LogEvent), typeof(AssociationErrorEvent), typeof(DisassociatedEvent),
            ])
                system.EventStream.Subscribe(collector, type);
        }

        public IReadOnlyCollection<NodeDead> Dead => _dead;

        public IReadOnlyCollection<string> Told => _told;

        public Task FailureOfAsync(Address peer) => FailureOf(peer).Task;

        private TaskCompletionSource FailureOf(Address peer) => _failures.GetOrAdd(
            peer, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        private sealed class Collector : ReceiveActor
        {
            public Collector(EventCollector to)
            {
                Receive<NodeDead>(to._dead.Enqueue);
                Receive<AssociationErrorEvent>(e => to.FailureOf(e.RemoteAddress).TrySetResult());
                Receive<DisassociatedEvent>(e => to.FailureOf(e.RemoteAddress).TrySetResult());
                Receive<LogEvent>(
                    e => to._told.Enqueue($"{e.Message}"), e => e.LogClass == typeof(TlsTransport));
            }
        }
    }
}
