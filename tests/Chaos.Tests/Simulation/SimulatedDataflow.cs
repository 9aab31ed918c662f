using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// All subtasks that live, and the channels between them: a channel's name holds the attempt.
/// </summary>
internal sealed class SimulatedDataflow(Simulation simulation)
{
    private readonly List<SimulatedSubtask> _subtasks = [];
    private readonly Dictionary<
        (int Attempt, int Sink), List<(SimulatedSubtask From, SimulatedElement Element)>> _early = [];

    public IReadOnlyList<SimulatedSubtask> Subtasks => _subtasks;

    public ITaskExecutor NewExecutor(SimulatedProcess process) => new Executor(simulation, this, process);

    public void Remove(SimulatedSubtask subtask)
    {
        _subtasks.Remove(subtask);
        if (!subtask.IsSource) _early.Remove((subtask.Id.Attempt, subtask.Id.SubtaskIndex));
    }

    /// <summary>What comes before its receiver waits for it.</summary>
    public void Send(SimulatedSubtask from, int sink, SimulatedElement element)
    {
        SimulatedSubtask? to = Find(from.Id with { Vertex = 1, SubtaskIndex = sink });
        if (to is not null)
        {
            Carry(from, to, element);
            return;
        }
        if (!_early.TryGetValue((from.Id.Attempt, sink), out var early))
            _early[(from.Id.Attempt, sink)] = early = [];
        early.Add((from, element));
    }

    /// <summary>
    /// A connection between two processes is lost: the attempts that use it fail on both sides.
    /// </summary>
    public void Disconnect(SimulatedProcess a, SimulatedProcess b)
    {
        foreach (SimulatedSubtask subtask in _subtasks.ToList())
        {
            SimulatedProcess? other = subtask.Process == a ? b : subtask.Process == b ? a : null;
            if (other is null || !subtask.IsAlive || !HasPeerOn(subtask, other)) continue;
            simulation.After(subtask.Process, TimeSpan.Zero, () => subtask.Fail(
                ErrorKind.Unavailable, $"The connection from {subtask.Process} to {other} is lost."));
        }
    }

    public void Kill(SimulatedProcess process)
    {
        foreach (SimulatedProcess other in simulation.Processes.Where(p => p != process && p.IsAlive))
            Disconnect(process, other);
        foreach (SimulatedSubtask subtask in _subtasks.Where(s => s.Process == process).ToList())
            subtask.End();
    }

    private bool HasPeerOn(SimulatedSubtask subtask, SimulatedProcess process) => subtask.PeerIndexes.Any(
        i => Find(subtask.Id with { Vertex = 1 - subtask.Id.Vertex, SubtaskIndex = i })?.Process == process);

    /// <summary>A connection that can't deliver is lost.</summary>
    private void Carry(SimulatedSubtask from, SimulatedSubtask to, SimulatedElement element) =>
        simulation.Network.Carry(
            from.Process, to.Process, () => Arrive(from, to.Id.SubtaskIndex, element),
            () => Disconnect(from.Process, to.Process));

    private void Arrive(SimulatedSubtask from, int sink, SimulatedElement element) =>
        Find(from.Id with { Vertex = 1, SubtaskIndex = sink })?.Receive(from.Id.SubtaskIndex, element);

    private SimulatedSubtask? Find(SubtaskId id) => _subtasks.Find(s => s.Id == id);

    private void Add(SimulatedSubtask subtask)
    {
        _subtasks.Add(subtask);
        subtask.Open();
        if (subtask.IsSource
            || !_early.Remove((subtask.Id.Attempt, subtask.Id.SubtaskIndex), out var early)) return;
        foreach ((SimulatedSubtask from, SimulatedElement element) in early)
            Carry(from, subtask, element);
    }

    /// <summary>The real slots' way to these subtasks.</summary>
    private sealed class Executor(
        Simulation simulation, SimulatedDataflow dataflow, SimulatedProcess process) : ITaskExecutor
    {
        public void Deploy(SubtaskDescriptor descriptor, ISubtaskListener listener)
        {
            simulation.Note($"{process} starts {Name(descriptor.Id)}");
            simulation.Promises.OnDeploy(descriptor);
            dataflow.Add(new SimulatedSubtask(simulation, process, descriptor, listener));
        }

        public void Cancel(SubtaskId id)
        {
            simulation.Note($"{process} cancels {Name(id)}");
            dataflow.Find(id)?.Cancel();
        }

        public void CancelAll()
        {
            simulation.Note($"{process} cancels everything");
            foreach (SimulatedSubtask subtask in dataflow.Subtasks.Where(s => s.Process == process).ToList())
                subtask.Cancel();
        }

        public void TriggerCheckpoint(SubtaskId id, Barrier barrier) => dataflow.Find(id)?.Trigger(barrier);

        public void CheckpointComplete(SubtaskId id, CheckpointId checkpoint)
        {
            simulation.Promises.OnCompleteHeard(checkpoint);
            dataflow.Find(id)?.Complete(checkpoint.Value);
        }

        public void CheckpointAborted(SubtaskId id, CheckpointId checkpoint) =>
            dataflow.Find(id)?.Abort(checkpoint.Value);

        public void Finish(SubtaskId id) => dataflow.Find(id)?.Finish();

        public void Fail(SubtaskId id, string reason) =>
            dataflow.Find(id)?.Fail(ErrorKind.Unavailable, reason);

        public IReadOnlyDictionary<string, MetricGroup>? Metrics(SubtaskId id) =>
            dataflow.Find(id) is null ? null : new Dictionary<string, MetricGroup>();

        public void Dispose()
        {
        }

        private static string Name(SubtaskId id) => $"{id.Vertex}/{id.SubtaskIndex} of attempt {id.Attempt}";
    }
}
