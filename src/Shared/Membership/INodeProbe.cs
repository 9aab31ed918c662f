namespace Millrace.Shared.Membership;

/// <summary>What a knock at a node's remoting port gave.</summary>
public enum ProbeResult
{
    /// <summary>Nobody listens there: the process has ended.</summary>
    Refused,

    /// <summary>Somebody listens: the node, or its kernel while it is stopped.</summary>
    Connected,

    /// <summary>No answer in time, or no way there: nothing is known.</summary>
    Silent,
}

/// <summary>Tells a dead process from a silent one. Simulations and tests bring their own.</summary>
public interface INodeProbe
{
    /// <summary>Never throws, except when canceled; answers within about half a second.</summary>
    Task<ProbeResult> ProbeAsync(string host, int port, CancellationToken cancel);
}
