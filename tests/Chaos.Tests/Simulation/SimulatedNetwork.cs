using Akka.Actor;
using Akka.Serialization;
using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// Between processes a message takes a while, and may be lost, doubled or cut off. As in Akka.Remote, what
/// arrives from one process at another keeps its order.
/// </summary>
/// <remarks>
/// A process sees the actors of others through links: actors that carry each message over and stop when the
/// process takes the other one for lost, which is what those who watch an actor hear.
/// </remarks>
internal sealed class SimulatedNetwork(Simulation simulation)
{
    private readonly Dictionary<(SimulatedProcess Viewer, IActorRef Target), IActorRef> _links = [];
    private readonly HashSet<(SimulatedProcess From, SimulatedProcess To)> _cuts = [];
    private readonly Dictionary<(SimulatedProcess, SimulatedProcess), Queue<Action>> _held = [];
    private readonly HashSet<(SimulatedProcess Viewer, SimulatedProcess Lost)> _lost = [];
    private readonly Dictionary<(SimulatedProcess, SimulatedProcess), DateTimeOffset> _lastArrival = [];

    /// <summary>The chance of each message to be lost; set by the faults.</summary>
    public Func<object, bool> Loses { get; set; } = _ => false;

    public Func<object, bool> Doubles { get; set; } = _ => false;

    public Func<TimeSpan> Delay { get; set; } = () => TimeSpan.FromMilliseconds(1);

    public bool IsCut(SimulatedProcess from, SimulatedProcess to) => _cuts.Contains((from, to));

    /// <summary>Whether a question from one to the other would be answered.</summary>
    public bool IsConnected(SimulatedProcess a, SimulatedProcess b) =>
        a.IsAlive && b.IsAlive && !a.IsPaused && !b.IsPaused && !IsCut(a, b) && !IsCut(b, a);

    /// <summary>Whether the process counts the node (host:port) among the members.</summary>
    public bool Knows(SimulatedProcess viewer, string node) =>
        simulation.Processes.FirstOrDefault(p => p.Node == node) is { } process
        && !_lost.Contains((viewer, process));

    public void Cut(SimulatedProcess from, SimulatedProcess to) => _cuts.Add((from, to));

    /// <summary>
    /// What the cut has kept back arrives now, before what was sent later and is still on the way.
    /// </summary>
    public void Mend(SimulatedProcess from, SimulatedProcess to)
    {
        _cuts.Remove((from, to));
        if (!_held.Remove((from, to), out Queue<Action>? held)) return;
        foreach (Action arrive in held) to.Do(() => Arrive(from, to, arrive, null));
    }

    /// <summary>The actor as the viewer's actors may hold it.</summary>
    public IActorRef View(SimulatedProcess viewer, IActorRef target)
    {
        if (simulation.ProcessOf(target) is not { } owner || owner == viewer) return target;
        if (_links.TryGetValue((viewer, target), out IActorRef? known)) return known;
        IActorRef link = simulation.Start(
            viewer, Props.Create(() => new Link(this, viewer, owner, target)), "link");
        return _links[(viewer, target)] = link;
    }

    /// <summary>
    /// The viewer takes the other process for lost: all it holds of it is gone, it hears it never again, and
    /// what it has sent and a cut has kept back is given up with the connection.
    /// </summary>
    public void Lose(SimulatedProcess viewer, SimulatedProcess lost)
    {
        if (_lost.Add((viewer, lost))) simulation.Note($"{viewer} takes {lost} for lost");
        _held.Remove((viewer, lost));
        foreach ((SimulatedProcess, IActorRef Target) key in _links.Keys
            .Where(k => k.Viewer == viewer && simulation.ProcessOf(k.Target) == lost).ToList())
            Drop(key);
    }

    private void Drop((SimulatedProcess, IActorRef) key)
    {
        if (_links.Remove(key, out IActorRef? link)) simulation.System.Stop(link);
    }

    public void Send(
        SimulatedProcess from, SimulatedProcess to, IActorRef target, object message, IActorRef sender)
    {
        simulation.Faults.OnSend(from, to, message);
        bool isLost = !from.IsAlive || Loses(message);
        if (message is not (SlotReport or GetJob or JobReport or ListJobs or JobList or RenewLease
            or LeaseRenewed))
            simulation.Note($"{from} -> {to}{(isLost ? " (lost)" : "")}: {Describe(message)}");
        if (isLost) return;
        for (int copy = Doubles(message) ? 2 : 1; copy > 0; copy--)
            Carry(from, to, () => target.Tell(Translate(message, to), View(to, sender)));
    }

    /// <summary>After everything that the first has sent to the second before.</summary>
    /// <param name="orElse">What happens when they are cut off from each other.</param>
    public void Carry(SimulatedProcess from, SimulatedProcess to, Action arrive, Action? orElse = null)
    {
        DateTimeOffset at = simulation.Time.Now + Delay();
        if (_lastArrival.TryGetValue((from, to), out DateTimeOffset last) && at <= last)
            at = last + TimeSpan.FromTicks(1);
        _lastArrival[(from, to)] = at;
        simulation.After(to, at - simulation.Time.Now, () => Arrive(from, to, arrive, orElse));
    }

    /// <summary>
    /// What a connection has taken is sent again until it arrives or the other one is given up.
    /// </summary>
    private void Arrive(SimulatedProcess from, SimulatedProcess to, Action arrive, Action? orElse)
    {
        if (_lost.Contains((to, from)) || !from.IsAlive && IsCut(from, to)) return;
        if (!IsCut(from, to)) arrive();
        else if (orElse is not null) orElse();
        else if (simulation.Faults.DropsWhenCut) return;
        else if (_held.TryGetValue((from, to), out Queue<Action>? held)) held.Enqueue(arrive);
        else _held[(from, to)] = new Queue<Action>([arrive]);
    }

    /// <summary>Without what differs from run to run: the numbers of actors.</summary>
    private static string Describe(object message) => message is RegisterTaskManager
        ? nameof(RegisterTaskManager)
        : $"{message.GetType().Name} {message}";

    /// <summary>Paths of actors inside of messages are those of links where they arrive.</summary>
    private object Translate(object message, SimulatedProcess to)
    {
        if (message is not RegisterTaskManager offer) return message;
        RegisterTaskManager translated = offer.Clone();
        ActorSystemProvider provider = new(simulation.System);
        foreach (SlotOffer slot in translated.Slots)
            slot.Path = Serialization.SerializedActorPath(View(to, provider.Resolve(slot.Path)));
        return translated;
    }

    private readonly record struct ActorSystemProvider(ActorSystem System)
    {
        public IActorRef Resolve(string path) =>
            ((ExtendedActorSystem)System).Provider.ResolveActorRef(path);
    }

    private sealed class Link : ReceiveActor
    {
        public Link(
            SimulatedNetwork network, SimulatedProcess viewer, SimulatedProcess owner, IActorRef target)
        {
            Context.Watch(target);
            IActorRef self = Self;
            Receive<Terminated>(_ =>
            {
                // That a process has died is noticed by another way.
                if (owner.IsAlive) network.Carry(owner, viewer, () => network.Drop((viewer, target)));
            });
            ReceiveAny(message => network.Send(viewer, owner, target, message, Sender));
        }
    }
}
