namespace Millrace.Shared.Hosting;

/// <summary>One actor system of the cluster.</summary>
public sealed record NodeOptions
{
    /// <summary>The name that all nodes of a cluster share.</summary>
    public const string SystemName = "millrace";

    /// <summary>The role of nodes that may lead jobs.</summary>
    public const string JobManagerRole = "jobmanager";

    /// <summary>The role of nodes that have slots.</summary>
    public const string TaskManagerRole = "taskmanager";

    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Bound and told to others. Loopback unless configured.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0: any free port.</summary>
    public int Port { get; init; }

    /// <summary>Larger messages are refused where they are sent.</summary>
    public int MaxFrameBytes { get; init; } = 4 << 20;

    /// <summary>Addresses to join; empty: whoever starts the node joins it.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Overrides of the shipped settings, HOCON.</summary>
    public string Overrides { get; init; } = "";
}
