using Akka.Actor;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Hosting;

/// <summary>Tells who asks which actors its node has. Every node has one, <c>/user/inspector</c>.</summary>
public sealed class NodeInspector : ReceiveActor
{
    public const string Name = "inspector";

    /// <summary>So that the answer fits a frame.</summary>
    public const int MaxActors = 5_000;

    public NodeInspector() => Receive<ListActors>(
        asked => Sender.Tell(Hierarchy(Context.System, Math.Clamp(asked.Limit, 1, MaxActors))));

    /// <summary>The actors from the root, breadth first until the limit.</summary>
    private static ActorTree Hierarchy(ActorSystem system, int limit)
    {
        IActorRef root = ((ExtendedActorSystem)system).Provider.RootGuardian;
        ActorTree tree = Describe(root);
        tree.Name = system.Name;
        var open = new Queue<(ActorTree Node, IActorRef Actor)>([(tree, root)]);
        int count = 1;
        while (open.TryDequeue(out (ActorTree Node, IActorRef Actor) parent))
        {
            foreach (IActorRef child in ChildrenOf(parent.Actor))
            {
                if (count++ >= limit)
                {
                    parent.Node.HasMore = true;
                    return tree;
                }
                ActorTree node = Describe(child);
                parent.Node.Children.Add(node);
                open.Enqueue((node, child));
            }
        }
        return tree;
    }

    private static IEnumerable<IActorRef> ChildrenOf(IActorRef actor) =>
        actor is ActorRefWithCell { IsTerminated: false } local
            ? local.Children.Where(c => c is not Nobody).OrderBy(c => c.Path.Name, StringComparer.Ordinal)
            : [];

    private static ActorTree Describe(IActorRef actor) => new()
    {
        Name = Uri.UnescapeDataString(actor.Path.Name),
        Type = actor is ActorRefWithCell { Underlying.Props.Type: { } type } ? type.Name : "",
    };
}
