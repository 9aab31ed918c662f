using Microsoft.Extensions.Logging;
using Millrace.Connectors;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Configuration;
using Millrace.Shared.Hosting;
using Millrace.Shared.Processes;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Hosting;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager;

/// <summary>The program <c>taskmanager</c>.</summary>
internal static class Program
{
    private const string Purpose = "Runs a TaskManager: offers slots, in which the subtasks of jobs run.";

    public static Task<int> Main(string[] args) => new NodeProgram(
        new NodeDefinition(TaskManagerKeys.Program, Purpose, TaskManagerKeys.All, Build)).RunAsync(args);

    private static NodeParts Build(ConfigValues values, ILoggerFactory logs)
    {
        // All values are known to be right before anything is opened or logged.
        NodeOptions node = NodeKeys.Options(values, TaskManagerKeys.Program);
        TaskManagerOptions configured = TaskManagerKeys.Options(values);
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        NetworkExchange exchange = NetworkExchange.Start(
            TaskManagerKeys.Exchange(values), logs.CreateLogger("exchange"));
        TaskManagerOptions options = configured with
        {
            Exchange = exchange.Address,
            FollowPeers = lost => exchange.PeerLost += lost,
            Registered = () => registered.TrySetResult(),
        };
        var executor = new TaskExecutor(
            TimeProvider.System,
            ConnectorRegistry.Default,
            new LocalCheckpointFiles(),
            exchange);
        return new NodeParts
        {
            Node = node,
            AddRole = akka => akka.WithTaskManager(options, executor, hasJobManager: false),
            Ready = (_, cancel) => registered.Task.WaitAsync(cancel),
            OpenPorts = _ => [KeyValuePair.Create("data", exchange.Port)],
            Stop = () =>
            {
                executor.Dispose();
                return exchange.DisposeAsync();
            },
        };
    }
}
