namespace Millrace.Shared.Hosting;

/// <summary>Which part of the cluster goes on when the other neither answers nor refuses.</summary>
public enum DowningStrategy
{
    /// <summary>
    /// The larger part; of equal ones the one with more JobManagers, then the one with the oldest node. Of nodes
    /// that accuse each other as few go as can. The default: right for any number of nodes, as long as less than
    /// half of them fall silent at once.
    /// </summary>
    KeepMajority,

    /// <summary>The part with at least <see cref="DowningOptions.QuorumSize"/> nodes; for clusters that keep
    /// their size. Too few nodes end the cluster.</summary>
    StaticQuorum,

    /// <summary>The part with the node that was a member first, unless that is alone.</summary>
    KeepOldest,
}

/// <summary>
/// How long a silence lasts before it is decided on, and how. A shorter wait recovers sooner and takes a
/// pause for a loss more often; dead processes are found by their closed port and do not wait.
/// </summary>
public sealed record DowningOptions
{
    public DowningStrategy Strategy { get; init; }

    /// <summary>Of <see cref="DowningStrategy.StaticQuorum"/>: more than half of the nodes.</summary>
    public int QuorumSize { get; init; }

    /// <summary>A node that has not answered for so long is unreachable.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// So long the unreachable nodes must have been the same ones before some are removed: time for one that
    /// was only short of processor time to be seen again, and less than the time between two losses of a bad
    /// day. Work does not wait for it, that is the lease's.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(1);
}
