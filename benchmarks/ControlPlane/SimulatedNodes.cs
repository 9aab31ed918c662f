using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.TaskManager;
using Millrace.TaskManager.Slots;

namespace Millrace.Benchmarks.ControlPlane;

/// <summary>
/// A process that stands for many TaskManagers: one actor system in the cluster, with the real region, a real
/// TaskManager actor a node and real slot actors; only what runs in a slot follows a script
/// (<see cref="ScriptedExecutor"/>). Ends when its standard input does.
/// </summary>
internal static class SimulatedNodes
{
    /// <summary>The word on the command line that starts it.</summary>
    public const string Word = "control-plane-nodes";

    private const char Separator = '@';

    public static string[] Arguments(Address join, int first, int count, int slots) =>
    [
        Word, join.ToString(),
        .. new[] { first, count, slots }.Select(n => n.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <param name="node">The name of a simulated TaskManager.</param>
    /// <param name="process">host:port.</param>
    public static bool IsIn(string node, string process) =>
        node.EndsWith($"{Separator}{process}", StringComparison.Ordinal);

    public static async Task<int> RunAsync(string[] args)
    {
        int[] numbers = [.. args[2..].Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        // The parent's death closes it too. Wherever the start is then, it may not be waited for.
        _ = Task.Run(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
        });
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(NodeOptions.SystemName, akka => akka
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.ErrorLevel;
            })
            .WithMillraceNode(new NodeOptions
            {
                Roles = [NodeOptions.TaskManagerRole],
                // It can't come back: whoever waits for its TaskManagers must hear so.
                Ended = end => Environment.Exit(end.ExitCode),
            })
            .WithSingletonProxy<JobManagerKey>(JobManagerKey.Name, JobManagerKey.Options));
        using IHost host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        await Cluster.Get(system).JoinAsync(Address.Parse(args[1]));
        await StartNodesAsync(system, numbers[0], numbers[1], numbers[2]);
        await system.WhenTerminated;
        return 0;
    }

    private static async Task StartNodesAsync(ActorSystem system, int first, int count, int slots)
    {
        string self = NodeSetup.NodeName(system);
        var executor = new ScriptedExecutor();
        IActorRef region = await ClusterSharding.Get(system).StartAsync(
            "slots",
            id => Props.Create(() => new SlotActor(id, executor)),
            ClusterShardingSettings.Create(system)
                .WithRole(NodeOptions.TaskManagerRole)
                .WithStateStoreMode(StateStoreMode.DData)
                .WithRememberEntities(false)
                .WithPassivateIdleAfter(TimeSpan.Zero),
            new SlotExtractor(),
            new ProcessAllocation(self),
            PoisonPill.Instance);
        IActorRef jobManager = await ActorRegistry.For(system).GetAsync<JobManagerKey>();
        for (int i = first; i < first + count; i++)
        {
            string node = string.Create(CultureInfo.InvariantCulture, $"{i:00000}{Separator}{self}");
            var options = new TaskManagerOptions { Slots = slots, Exchange = self };
            // Renews its lease as others do; not started, since nothing here must be stopped.
            var guard = new LeaseGuard(new Lease(TimeProvider.System), executor.CancelAll);
            system.ActorOf(Props.Create(
                () => new TaskManagerActor(options, node, region, jobManager, guard)));
        }
    }

    /// <summary>Puts the shard of a node into the process that stands for it.</summary>
    private sealed class ProcessAllocation(string self) : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(
            IActorRef requester,
            string shardId,
            IImmutableDictionary<IActorRef, IImmutableList<string>> current)
        {
            string process = shardId[(shardId.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
            foreach (IActorRef region in current.Keys)
            {
                Address address = region.Path.Address;
                if (process == (address.HasLocalScope ? self : $"{address.Host}:{address.Port}"))
                    return Task.FromResult(region);
            }
            return Task.FromException<IActorRef>(
                new MillraceException(ErrorKind.Unavailable, $"The process of {shardId} is not there."));
        }

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> current,
            IImmutableSet<string> inProgress) =>
            Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
    }
}
