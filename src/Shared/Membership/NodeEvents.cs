namespace Millrace.Shared.Membership;

// What a node's parts say to each other on its actor system's event stream. A node is named host:port, the
// address of its remoting.

/// <summary>
/// Someone lost touch with the node (a channel broke, say): <see cref="NodeWatch"/> looks whether it lives.
/// </summary>
/// <param name="Node">host:port.</param>
public sealed record NodeSuspected(string Node);

/// <summary>Another process than the member's has the address: the member is dead.</summary>
/// <param name="Node">host:port.</param>
/// <param name="Uid">Of the process that was heard there.</param>
internal sealed record NodeReplaced(string Node, int Uid);

/// <summary>
/// The node's process has ended: its port refuses. Said once for each process, before the cluster has
/// removed it; what it was running runs no more.
/// </summary>
/// <param name="Node">host:port.</param>
/// <param name="Uid">Akka's number of that process; a later one on the same address has another.</param>
public sealed record NodeDead(string Node, int Uid);
