using Akka.Actor;
using Millrace.Shared.Membership;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>How processes die, stand still, wake up and lose each other, and who hears of it when.</summary>
internal sealed partial class Simulation
{
    /// <summary>
    /// kill -9: its sockets close, which the others notice soon, unless they are cut off from it.
    /// </summary>
    public void Kill(SimulatedProcess process)
    {
        if (!process.IsAlive) return;
        Note($"{process} is killed");
        process.Kill();
        Dataflow.Kill(process);
        StopActors(process);
        foreach (SimulatedProcess other in _processes.Where(p => p.IsAlive))
        {
            TimeSpan noticed = Network.IsCut(process, other) ? Silence : Faults.Some(5, 300);
            After(other, noticed, () => Lose(other, process));
        }
        if (process == Leader) Replace(process);
    }

    /// <summary>Goes on after a pause, first of all with the writes that it was in the middle of.</summary>
    public void Resume(SimulatedProcess process)
    {
        if (process is { IsPaused: true, IsAlive: true } && _random.Next(2) == 0)
            foreach (SimulatedSubtask subtask in Dataflow.Subtasks.Where(s => s.Process == process).ToList())
                subtask.WriteLate();
        process.Resume();
    }

    /// <summary>Another one takes its place after a while.</summary>
    public void KillTaskManager(SimulatedProcess node)
    {
        Kill(node);
        After(null, Faults.Some(300, 4000), () => StartTaskManager());
    }

    /// <summary>Both directions.</summary>
    public void Cut(SimulatedProcess a, SimulatedProcess b)
    {
        Note($"{a} and {b} are cut off");
        Network.Cut(a, b);
        Network.Cut(b, a);
    }

    /// <summary>
    /// The leader hears nobody and nobody hears it; it does not know that another one leads soon.
    /// </summary>
    public void IsolateLeader(SimulatedProcess leader)
    {
        _isolated.Add(leader);
        foreach (SimulatedProcess other in _processes.Where(p => p.IsAlive && p != leader).ToList())
        {
            Cut(leader, other);
            After(other, Silence, () => Network.Lose(other, leader));
            After(leader, Silence, () => Network.Lose(leader, other));
        }
        After(null, Silence, () => Replace(leader));
    }

    /// <summary>
    /// The leader stands still for too long: all the others agree that it is no member any more, then another
    /// one leads. When it wakes up it does not know so at once.
    /// </summary>
    public void RemoveLeader(SimulatedProcess leader)
    {
        foreach (SimulatedProcess other in _processes.Where(p => p.IsAlive && p != leader).ToList())
            After(other, Faults.Some(5, 300), () => Network.Lose(other, leader));
        Replace(leader);
    }

    /// <summary>A standby leads when the leader has died or can't be heard.</summary>
    public void Replace(SimulatedProcess leader)
    {
        if (Leader == leader) Leader = null;
        After(null, Faults.Some(300, 3000), () =>
        {
            if (Leader is null) StartJobManager();
        });
    }

    private void StopActors(SimulatedProcess process)
    {
        foreach (IActorRef actor in _actors.Where(a => a.Process == process).Select(a => a.Actor))
            System.Stop(actor);
        _actors.RemoveAll(a => a.Process == process);
    }

    /// <summary>
    /// The probe finds a dead process; it is removed, and the leader takes its slots away at once.
    /// </summary>
    private void Lose(SimulatedProcess viewer, SimulatedProcess lost)
    {
        Network.Lose(viewer, lost);
        if (viewer == Leader && !lost.IsAlive) System.EventStream.Publish(new NodeDead(lost.Node, 0));
    }

    /// <summary>
    /// Both sides of a cut find each other silent; what was removed ends itself when it hears of it.
    /// </summary>
    private void CheckSilence()
    {
        if (Leader is { } leader && !_isolated.Contains(leader))
            foreach (SimulatedProcess node in TaskManagers.ToList()) CheckSilence(leader, node);
        After(null, SilenceCheck, CheckSilence);
    }

    private void CheckSilence(SimulatedProcess leader, SimulatedProcess node)
    {
        // Whoever stood still listens anew before it takes anybody for silent.
        if (leader.IsPaused) _silentSince[(leader, node)] = Time.Now;
        DateTimeOffset since = _silentSince.GetValueOrDefault((leader, node), Time.Now);
        bool isLost = Time.Now - since > Silence;
        if (Network.IsConnected(leader, node))
        {
            _silentSince.Remove((leader, node));
            if (!Network.Knows(leader, node.Node)) KillTaskManager(node);
            return;
        }
        _silentSince[(leader, node)] = since;
        if (isLost) After(leader, TimeSpan.Zero, () => Network.Lose(leader, node));
    }
}
