using Akka.Actor;
using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// Processes die, stop and lose each other for a while, as the seed says; then all is mended.
/// </summary>
internal sealed class Storm(Simulation simulation, Random random)
{
    private const int MostParallelism = 3;

    private readonly HashSet<SimulatedProcess> _replaced = [];
    private int _rescalings;

    /// <summary>Client's requests are part of it, each at most once.</summary>
    public bool Cancels { get; init; }

    public bool StopsWithSavepoint { get; init; }

    /// <summary>As often as it comes.</summary>
    public bool Rescales { get; init; }

    public void Begin(TimeSpan length)
    {
        DateTimeOffset until = simulation.Time.Now + length;
        Next(until);
        if (Cancels) Later(length * random.NextDouble(), () => simulation.Ask(
            new CancelJob { JobId = Simulation.Job }));
        if (StopsWithSavepoint) Later(length * random.NextDouble(), () => simulation.Ask(
            new TakeSavepoint { JobId = Simulation.Job, Target = "/data/savepoints", Stop = true }));
    }

    private void Next(DateTimeOffset until)
    {
        if (simulation.Time.Now > until)
        {
            End();
            return;
        }
        Strike();
        Later(simulation.Faults.Some(200, 4000), () => Next(until));
    }

    private void Strike()
    {
        List<SimulatedProcess> nodes = [.. simulation.TaskManagers];
        if (nodes.Count == 0) return;
        SimulatedProcess node = nodes[random.Next(nodes.Count)];
        switch (random.Next(Rescales ? 14 : 12))
        {
            case 0 or 1: simulation.KillTaskManager(node); break;
            case 2 when simulation.Leader is { } leader: simulation.Kill(leader); break;
            case 3: Pause(node); break;
            case 4 when simulation.Leader is { } leader: PauseLeader(leader); break;
            case 5 when simulation.Leader is { } leader: CutFor(leader, node); break;
            case 6: CutFor(nodes[random.Next(nodes.Count)], node); break;
            case 7 when simulation.Leader is { } leader: CutOneWay(leader, node); break;
            case 8: FillDisk(); break;
            case 9 when simulation.Leader is { } leader && random.Next(2) == 0: Isolate(leader); break;
            case 10: KillSubtask(); break;
            case 11:
                simulation.Ask(new TakeSavepoint
                {
                    JobId = Simulation.Job,
                    Target = "/data/savepoints",
                }); break;
            case 12 or 13: Rescale(); break;
            default: break;
        }
    }

    private void Rescale() => simulation.Ask(new RescaleJob
    {
        JobId = Simulation.Job,
        Parallelism = random.Next(1, MostParallelism + 1),
        Request = $"rescaling {++_rescalings}",
    });

    private void Pause(SimulatedProcess node)
    {
        simulation.Note($"{node} is paused");
        node.Pause();
        Later(simulation.Faults.Some(500, 12_000), () => simulation.Resume(node));
    }

    /// <summary>
    /// After a long pause another one leads, which it finds out a little after it wakes up.
    /// </summary>
    private void PauseLeader(SimulatedProcess leader)
    {
        Pause(leader);
        Later(TimeSpan.FromSeconds(5), () =>
        {
            if (!leader.IsPaused || !leader.IsAlive || !_replaced.Add(leader)) return;
            simulation.RemoveLeader(leader);
            Later(simulation.Faults.Some(100, 10_000), () => simulation.Kill(leader));
        });
    }

    private void Isolate(SimulatedProcess leader)
    {
        if (!_replaced.Add(leader)) return;
        simulation.Note($"{leader} is alone");
        simulation.IsolateLeader(leader);
        Later(simulation.Faults.Some(5000, 30_000), () => simulation.Kill(leader));
    }

    private void CutFor(SimulatedProcess a, SimulatedProcess b)
    {
        if (a == b) return;
        simulation.Cut(a, b);
        TimeSpan length = simulation.Faults.Some(300, 12_000);
        Later(length, () => Mend(a, b));
    }

    private void CutOneWay(SimulatedProcess leader, SimulatedProcess node)
    {
        simulation.Note($"one way between {leader} and {node} is cut");
        if (random.Next(2) == 0) simulation.Network.Cut(leader, node);
        else simulation.Network.Cut(node, leader);
        Later(simulation.Faults.Some(300, 12_000), () => Mend(leader, node));
    }

    private void Mend(SimulatedProcess a, SimulatedProcess b)
    {
        if (_replaced.Contains(a) || _replaced.Contains(b)) return;
        simulation.Network.Mend(a, b);
        simulation.Network.Mend(b, a);
    }

    private void FillDisk()
    {
        simulation.Note("the disk is full");
        simulation.Disk.IsFull = true;
        Later(simulation.Faults.Some(100, 5000), () => simulation.Disk.IsFull = false);
    }

    private void KillSubtask()
    {
        if (simulation.Dataflow.Subtasks.Count == 0) return;
        IReadOnlyList<SimulatedSubtask> all = simulation.Dataflow.Subtasks;
        SimulatedSubtask subtask = all[random.Next(all.Count)];
        simulation.Ask(new FailSubtask
        {
            JobId = Simulation.Job,
            Vertex = subtask.Id.Vertex,
            Subtask = subtask.Id.SubtaskIndex,
            Reason = "asked for",
        });
    }

    private void End()
    {
        simulation.Note("calm");
        simulation.Faults.Calm();
        foreach (SimulatedProcess process in simulation.Processes.ToList())
            simulation.Resume(process);
        foreach (SimulatedProcess a in simulation.Processes)
            foreach (SimulatedProcess b in simulation.Processes)
                Mend(a, b);
    }

    private void Later(TimeSpan delay, Action act) => simulation.After(null, delay, act);
}
