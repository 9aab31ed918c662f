using Millrace.Connectors;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Configuration;
using Millrace.Shared.Processes;
using Millrace.TaskManager.Hosting;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager;

/// <summary>The program <c>taskmanager</c>.</summary>
internal static class Program
{
    private const string Purpose = "Runs a TaskManager: offers slots, in which the subtasks of jobs run.";

    public static Task<int> Main(string[] args) => new NodeProgram(
        new NodeDefinition(TaskManagerKeys.Program, Purpose, TaskManagerKeys.All, Build)).RunAsync(args);

    private static NodeParts Build(ConfigValues values)
    {
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskManagerOptions options = TaskManagerKeys.Options(values) with
        {
            Registered = () => registered.TrySetResult(),
        };
        var executor = new TaskExecutor(
            TimeProvider.System,
            ConnectorRegistry.Default,
            new LocalCheckpointFiles(),
            new ProcessExchange());
        return new NodeParts
        {
            Node = NodeKeys.Options(values, TaskManagerKeys.Program),
            AddRole = akka => akka.WithTaskManager(options, executor, hasJobManager: false),
            Ready = (_, cancel) => registered.Task.WaitAsync(cancel),
            Stop = () =>
            {
                executor.Dispose();
                return ValueTask.CompletedTask;
            },
        };
    }
}
