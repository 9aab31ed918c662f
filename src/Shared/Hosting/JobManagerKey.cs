using Akka.Cluster.Hosting;

namespace Millrace.Shared.Hosting;

/// <summary>
/// Finds the JobManager, the singleton or its proxy, in the registry of a node's actor system.
/// </summary>
public sealed class JobManagerKey
{
    public const string Name = "jobmanager";

    public static ClusterSingletonOptions Options => new()
    {
        Role = NodeOptions.JobManagerRole,
        BufferSize = 1000,
        LogSingletonIdentificationFailure = false,
        SingletonIdentificationInterval = TimeSpan.FromMilliseconds(50),
    };
}
