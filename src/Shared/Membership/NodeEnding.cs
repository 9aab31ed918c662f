using Akka;
using Akka.Actor;

namespace Millrace.Shared.Membership;

/// <summary>Why this node shuts itself down.</summary>
internal sealed class EndingReason(NodeEnd end) : CoordinatedShutdown.Reason
{
    public NodeEnd End { get; } = end;

    public override int ExitCode => End.ExitCode;
}

/// <summary>Ends a node, and tells its host once why its membership has ended.</summary>
public static class NodeEnding
{
    /// <summary>
    /// A removed or refused node is told before it shuts down, so that its process can end at once; one that
    /// leaves when it has done everything.
    /// </summary>
    internal static void Observe(ActorSystem system, Action<NodeEnd> ended)
    {
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "tell-end", () =>
        {
            NodeEnd end = EndOf(shutdown.ShutdownReason);
            if (end.Reason != NodeEndReason.Left) ended(end);
            return Task.FromResult(Done.Instance);
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "tell-end", () =>
        {
            NodeEnd end = EndOf(shutdown.ShutdownReason);
            if (end.Reason == NodeEndReason.Left) ended(end);
            return Task.FromResult(Done.Instance);
        });
    }

    /// <summary>Shuts the node down; its host hears the reason first.</summary>
    /// <param name="sentence">See <see cref="NodeEnd.Sentence"/>.</param>
    public static void End(ActorSystem system, NodeEndReason reason, string sentence) =>
        CoordinatedShutdown.Get(system).Run(new EndingReason(new NodeEnd(reason, sentence)));

    private static NodeEnd EndOf(CoordinatedShutdown.Reason reason) => reason switch
    {
        EndingReason own => own.End,
        CoordinatedShutdown.ClusterDowningReason => new NodeEnd(
            NodeEndReason.Removed, "The cluster has gone on without this node."),
        _ => new NodeEnd(NodeEndReason.Left, ""),
    };
}
