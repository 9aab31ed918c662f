using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using Millrace.Connectors;
using Millrace.JobManager.Commands;
using Millrace.JobManager.Hosting;
using Millrace.Shared.Configuration;
using Millrace.Shared.Hosting;
using Millrace.Shared.Processes;

namespace Millrace.JobManager;

/// <summary>The program <c>jobmanager</c>.</summary>
internal static class Program
{
    private const string Purpose =
        "Runs a JobManager: takes jobs, plans them, gives them slots, checkpoints and restarts them. Of "
        + "several one leads; the others stand by and pass on what clients ask.";

    public static Task<int> Main(string[] args) => new NodeProgram(
        new NodeDefinition(JobManagerKeys.Program, Purpose, JobManagerKeys.All, Build)).RunAsync(args);

    private static NodeParts Build(ConfigValues values, ILoggerFactory logs)
    {
        JobManagerOptions options = JobManagerKeys.Options(values);
        NodeOptions node = NodeKeys.Options(values, JobManagerKeys.Program) with
        {
            ClusterFolder = JobManagerKeys.SharedFolder(values),
        };
        var commands = new CommandServerOptions
        {
            Host = values[JobManagerKeys.CommandHost] is { IsSet: true, Text: var own }
                ? own
                : values[NodeKeys.Host].Text,
            Port = values[JobManagerKeys.CommandPort].Port(),
        };
        // The first thing that reaches outside comes when all values are known to be right.
        Journal journal = Journal.Prepare(options);
        CommandServer? server = null;
        return new NodeParts
        {
            Node = node,
            AddRole = akka => akka.WithJobManager(options, journal, ConnectorRegistry.Default),
            OpenPorts = system =>
            {
                server = CommandServer.Start(system, commands);
                return [KeyValuePair.Create("command", server.EndPoint.Port)];
            },
            Ready = JoinedAsync,
            Stop = () => server?.DisposeAsync() ?? ValueTask.CompletedTask,
        };
    }

    private static Task JoinedAsync(ActorSystem system, CancellationToken cancel)
    {
        Cluster cluster = Cluster.Get(system);
        var isUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(isUp.SetResult);
        return isUp.Task.WaitAsync(cancel);
    }
}
