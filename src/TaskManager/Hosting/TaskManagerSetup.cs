using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.DependencyInjection;
using Akka.Hosting;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.TaskManager.Runtime;
using Millrace.TaskManager.Slots;

namespace Millrace.TaskManager;

/// <summary>
/// The role <c>taskmanager</c>: a shard region with this node's slots, and the actor that registers them.
/// </summary>
public static class TaskManagerSetup
{
    private const string Region = "slots";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <param name="executor">Runs the subtasks of all slots of the node; disposed by whoever made
    /// it.</param>
    public static AkkaConfigurationBuilder WithTaskManager(
        this AkkaConfigurationBuilder builder, TaskManagerOptions options, ITaskExecutor executor,
            bool hasJobManager)
    {
        if (!hasJobManager)
            builder.WithSingletonProxy<JobManagerKey>(JobManagerKey.Name, JobManagerKey.Options);
        return builder.WithActors(
            async (ActorSystem system, IActorRegistry registry, IDependencyResolver _) =>
        {
            string node = NodeSetup.NodeName(system);
            var guard = new LeaseGuard(new Lease(TimeProvider.System), executor.CancelAll);
            guard.Start(TimeProvider.System);
            system.RegisterOnTermination(guard.Dispose);
            IActorRef region = await ClusterSharding.Get(system).StartAsync(
                Region,
                id => Props.Create(() => new SlotActor(id, executor, guard.Lease)),
                ClusterShardingSettings.Create(system)
                    .WithRole(NodeOptions.TaskManagerRole)
                    .WithStateStoreMode(StateStoreMode.DData)
                    .WithRememberEntities(false)
                    .WithPassivateIdleAfter(TimeSpan.Zero),
                new SlotExtractor(),
                new NodeShardAllocation(node),
                PoisonPill.Instance);
            IActorRef jobManager = await registry.GetAsync<JobManagerKey>();
            Cluster cluster = Cluster.Get(system);
            TaskManagerOptions own = options with
            {
                Incarnation = cluster.SelfUniqueAddress.Uid,
                IsAlone = () => IsAlone(cluster),
                End = sentence => NodeEnding.End(system, NodeEndReason.Removed, sentence),
            };
            var props = Props.Create(() => new TaskManagerActor(own, node, region, jobManager, guard));
            IActorRef taskManager = system.ActorOf(props, "taskmanager");
            registry.Register<TaskManagerKey>(taskManager);
            StopBeforeSlots(system, taskManager);
        });
    }

    private static bool IsAlone(Cluster cluster) => cluster.State.Members
        .Except(cluster.State.Unreachable)
        .All(m => m.UniqueAddress == cluster.SelfUniqueAddress);

    /// <summary>In an orderly shutdown the slots stop next, and nobody must start them again.</summary>
    private static void StopBeforeSlots(ActorSystem system, IActorRef taskManager) =>
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
            "stop-taskmanager",
            async () =>
            {
                await taskManager.GracefulStop(StopTimeout).ConfigureAwait(false);
                return Akka.Done.Instance;
            });
}

/// <summary>Finds the node's TaskManager in the registry of its actor system.</summary>
public sealed class TaskManagerKey;
