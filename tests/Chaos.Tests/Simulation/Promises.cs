using Google.Protobuf;
using Millrace.JobManager.Execution;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>What must hold at every moment of a simulation, whatever goes wrong.</summary>
internal sealed class Promises(Simulation simulation)
{
    private readonly HashSet<long> _taken = [];
    private readonly Dictionary<string, int> _subtasks = [];

    /// <summary>The fold of what is stored of the job.</summary>
    public JobRecord Record { get; } = new();

    public void OnStored(string id, IMessage happened)
    {
        simulation.Note($"stored {id}: {happened.Descriptor.Name} {happened}");
        if (id != $"job-{Simulation.Job}") return;
        if (happened is AttemptStarted started)
            Require(started.Attempt > Record.Attempt, $"attempt {started.Attempt} was stored twice");
        Record.Apply(happened);
        switch (happened)
        {
            case CheckpointTaken taken: OnTaken(taken); break;
            case JobEnded { State: JobStateCode.JobFinished }: OnFinished(); break;
            default: break;
        }
        RetainedAreThere();
    }

    /// <summary>A checkpoint that a restore may use lies on the disk, whole.</summary>
    public void RetainedAreThere()
    {
        if (Record.Ended is not null) return;
        foreach (CheckpointTaken retained in Record.Retained) IsWhole(retained);
    }

    /// <summary>No later attempt has been stored.</summary>
    public bool IsCurrent(SubtaskId id) => id.Attempt == Record.Attempt;

    public void OnDeploy(SubtaskDescriptor descriptor) => Require(
        descriptor.Id.Attempt <= Record.Attempt, $"{descriptor.Id} was deployed before it was stored");

    /// <summary>
    /// The checkpoint at whose barrier it was prepared is complete, or a later one is.
    /// </summary>
    public void OnCommit(CheckpointId prepared) => Require(
        _taken.Any(t => t >= prepared.Value), $"what was prepared for {prepared} was committed too early");

    public void OnCompleteHeard(CheckpointId checkpoint) => Require(
        _taken.Contains(checkpoint.Value), $"a subtask heard that {checkpoint} is complete before it was");

    /// <summary>
    /// What a later attempt replaces has been canceled, by the JobMaster or by its own lease; only a process
    /// that stands still runs on, and cancels it before anything else when it goes on. The contract
    /// (docs/cluster.md) promises so much where the members agree on who is one, which simulated membership
    /// sees to: all give a leader up before another one leads. Fencing, which the results are checked by,
    /// does without.
    /// </summary>
    public void OnRunning(SimulatedSubtask later)
    {
        foreach (SimulatedSubtask earlier in simulation.Dataflow.Subtasks.Where(
            s => s.IsRunning && s.Id.Attempt < later.Id.Attempt && (later.ReplacesAll
                || (s.Id.Vertex == later.Id.Vertex && s.Id.SubtaskIndex == later.Id.SubtaskIndex))))
            Require(
                earlier.IsCanceled || earlier.Process.IsPaused,
                $"{earlier.Id} on {earlier.Process} runs beside {later.Id} on {later.Process}");
    }

    public void AtEnd()
    {
        List<string> left = [.. simulation.Disk.Files.Keys.Where(
            f => f.StartsWith(simulation.JobFolder + "/", StringComparison.Ordinal))];
        bool keeps = Record.Ended!.State is JobStateCode.JobCanceled or JobStateCode.JobFailed;
        HashSet<string> retained = [.. keeps ? Record.Retained.Select(r => r.Folder) : []];
        List<string> strangers = [.. left.Where(f => !retained.Contains(Path.GetDirectoryName(f)!))];
        Require(strangers.Count == 0, $"left behind on the disk: {string.Join(", ", strangers.Take(5))}");
        Require(simulation.Dataflow.Subtasks.Count == 0, "subtasks run after the job's end");
        if (Record.Ended.State == JobStateCode.JobFinished && !Record.IsStopped)
            simulation.Table.RequireLast(simulation.Splits, simulation.RecordsPerSplit);
        Require(
            simulation.Events.Count($"job-{Simulation.Job}") == 0, "the job's events are kept after its end");
    }

    private void OnTaken(CheckpointTaken taken)
    {
        _taken.Add(taken.CheckpointId);
        JobGraph graph = OperatorFactory.Codec.Decode(Record.Submission!.Graph.Span);
        _subtasks[taken.Folder] = graph.Vertices.Sum(v => v.Parallelism);
        IReadOnlyList<(SubtaskSnapshot Of, SubtaskFile File)> files = IsWhole(taken);
        ILookup<bool, SubtaskFile> bySide = files.ToLookup(
            f => f.Of.VertexId == simulation.Graph.Vertices[0].Id, f => f.File);
        for (int split = 0; split < simulation.Splits; split++)
        {
            int sent = bySide[true].Sum(f => f.Counts.GetValueOrDefault(split));
            int received = bySide[false].Sum(f => f.Counts.GetValueOrDefault(split));
            Require(sent == received,
                $"checkpoint {taken.CheckpointId}: split {split} at {sent}, sinks at {received}");
        }
    }

    private IReadOnlyList<(SubtaskSnapshot Of, SubtaskFile File)> IsWhole(CheckpointTaken taken)
    {
        CheckpointMetadata metadata = new CheckpointStorage(simulation.Disk).ReadMetadata(taken.Folder);
        int expected = _subtasks[taken.Folder];
        Require(
            metadata.Subtasks.Length == expected, $"{taken.Folder} has {metadata.Subtasks.Length} subtasks");
        return [.. metadata.Subtasks.Select(s => (s, SubtaskFile.FromBytes(
            simulation.Disk.Files[Path.Combine(taken.Folder, s.File)])))];
    }

    /// <summary>Everything is committed, once, or up to the savepoint that has stopped the job.</summary>
    private void OnFinished()
    {
        int expected = Record.IsStopped
            ? simulation.StoppedAt()
            : simulation.Splits * simulation.RecordsPerSplit;
        Require(simulation.Results.Committed.Count == expected,
            $"FINISHED with {simulation.Results.Committed.Count} records committed of {expected}");
    }

    private static void Require(bool condition, string broken)
    {
        if (!condition) throw new BrokenPromiseException(broken);
    }
}
