using Millrace.Shared.Membership;

namespace Millrace.Shared.Hosting;

/// <summary>One actor system of the cluster.</summary>
public sealed record NodeOptions
{
    /// <summary>The name that all nodes' actor systems share; part of their addresses.</summary>
    public const string SystemName = "millrace";

    /// <summary>The role of nodes that may lead jobs.</summary>
    public const string JobManagerRole = "jobmanager";

    /// <summary>The role of nodes that have slots.</summary>
    public const string TaskManagerRole = "taskmanager";

    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Nodes of another name are refused.</summary>
    public string ClusterName { get; init; } = "millrace";

    /// <summary>The address that is bound. Loopback unless configured.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>How others reach the node; null: <see cref="Host"/>.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>0: any free port.</summary>
    public int Port { get; init; }

    /// <summary>Larger messages are refused where they are sent.</summary>
    public int MaxFrameBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Addresses (host:port) to ask for the cluster, beside the members that the node remembers. The first
    /// start of a cluster is by the JobManager whose own address is the first of them, or that has none.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>
    /// The node's own folder: what it remembers of the cluster. Null: nothing is remembered.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// The folder that all JobManagers of a machine share (their journal's): it decides who forms the
    /// cluster. Null: the node's own is taken.
    /// </summary>
    public string? ClusterFolder { get; init; }

    /// <summary>
    /// Whether the node looks for its cluster by itself; false: whoever starts it joins it to one.
    /// </summary>
    public bool JoinsBySelf { get; init; }

    /// <summary>Who goes on when nodes fall silent.</summary>
    public DowningOptions Downing { get; init; } = new();

    /// <summary>Mutual TLS between nodes; null: none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Looks whether a process lives.</summary>
    public INodeProbe Probe { get; init; } = new TcpNodeProbe();

    /// <summary>
    /// Called once when the membership is over, on any thread: a program ends its process with
    /// <see cref="NodeEnd.ExitCode"/>.
    /// </summary>
    public Action<NodeEnd>? Ended { get; init; }

    /// <summary>Overrides of the shipped settings, HOCON.</summary>
    public string Overrides { get; init; } = "";

    public bool IsJobManager => Roles.Contains(JobManagerRole);
}
