using Akka.Actor;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.Benchmarks.ControlPlane;

/// <summary>
/// The death of a process proves that of the TaskManagers which it stands for. They do not bear its address as
/// real ones do, so each is told of by its name.
/// </summary>
internal sealed class SimulatedDeaths : ReceiveActor
{
    public SimulatedDeaths(IActorRef jobManager)
    {
        Receive<NodeDead>(dead => jobManager.Ask<TaskManagerList>(new ListTaskManagers())
            .PipeTo(Self, success: list => new Known(dead, list)));
        Receive<Known>(known =>
        {
            foreach (TaskManagerReport node in known.All.TaskManagers)
                if (SimulatedNodes.IsIn(node.Node, known.Dead.Node))
                    Context.System.EventStream.Publish(new NodeDead(node.Node, known.Dead.Uid));
        });
    }

    private sealed record Known(NodeDead Dead, TaskManagerList All);
}
