using System.Collections.Immutable;
using Millrace.Operators.Sinks;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.JobManager.Execution;

/// <summary>
/// The parallel form of a job: its state, its regions, and the state of every subtask in the region's
/// attempt.
/// </summary>
internal sealed class ExecutionGraph
{
    private readonly SubtaskState[][] _subtasks;
    private readonly Region[][] _regionOf;
    private readonly RegionTotals _totals = new();

    public ExecutionGraph(JobGraph job, JobState state = JobState.Initializing)
    {
        Job = job;
        State = state;
        _subtasks = [.. job.Vertices.Select(v => new SubtaskState[v.Parallelism])];
        _regionOf = [.. job.Vertices.Select(v => new Region[v.Parallelism])];
        Total = job.Vertices.Sum(v => v.Parallelism);
        SlotCount = job.Vertices.Max(v => v.Parallelism);
        CommitsAtCheckpoints = job.Vertices.Any(
            v => v.Chain.Any(o => o.Plan is SinkPlan { CommitsAtCheckpoints: true }));
        Regions = Execution.Regions.Of(job, _totals);
        foreach (Region region in Regions)
            foreach (SubtaskKey key in region.Subtasks) _regionOf[key.Vertex][key.Index] = region;
    }

    public JobGraph Job { get; }

    public ImmutableArray<Region> Regions { get; }

    /// <summary>Subtasks of all vertices.</summary>
    public int Total { get; }

    /// <summary>Subtasks of the same index share a slot.</summary>
    public int SlotCount { get; }

    /// <summary>What some sink writes takes effect with checkpoints only.</summary>
    public bool CommitsAtCheckpoints { get; }

    public JobState State { get; private set; }

    /// <summary>Of the region's last attempt; Deploying before the first.</summary>
    public SubtaskState this[SubtaskKey key] => _subtasks[key.Vertex][key.Index];

    /// <summary>Every region is deployed and all its subtasks run or have got further.</summary>
    public bool HaveAllStarted => _totals.Started == _totals.Regions;

    /// <summary>None has data to come, and all are still there.</summary>
    public bool HaveAllEnded => Count(SubtaskState.DataEnded) + Count(SubtaskState.Finished) == Total;

    public bool HaveAllFinished => Count(SubtaskState.Finished) == Total;

    /// <summary>A subtask is at a slot, or may be, or its attempt has begun.</summary>
    public bool IsAlive => _totals.Alive > 0;

    /// <summary>Restarts that the strategy has decided and whose attempts have not begun.</summary>
    public int PendingRestarts => _totals.PendingRestarts;

    public IEnumerable<SubtaskKey> Subtasks
    {
        get
        {
            for (int vertex = 0; vertex < _subtasks.Length; vertex++)
                for (int index = 0; index < _subtasks[vertex].Length; index++)
                    yield return new SubtaskKey(vertex, index);
        }
    }

    public Region RegionOf(SubtaskKey key) => _regionOf[key.Vertex][key.Index];

    /// <summary>Those with a subtask in the slot of this index.</summary>
    public IEnumerable<Region> RegionsIn(int slot) =>
        SubtasksIn(slot).Select(RegionOf).Distinct();

    public IEnumerable<SubtaskKey> SubtasksIn(int slot)
    {
        for (int vertex = 0; vertex < _subtasks.Length; vertex++)
            if (slot < _subtasks[vertex].Length) yield return new SubtaskKey(vertex, slot);
    }

    /// <summary>Of the regions that are deployed.</summary>
    public int Count(SubtaskState state) => _totals.Count(state);

    public void MoveTo(JobState state)
    {
        if (State == state) return;
        Invariant.Check(JobStates.CanMove(State, state), $"a job may not move from {State} to {state}");
        State = state;
    }

    /// <summary>Every subtask of the region is being deployed.</summary>
    public void Deploy(Region region)
    {
        foreach (SubtaskKey key in region.Subtasks) _subtasks[key.Vertex][key.Index] = SubtaskState.Deploying;
        region.Deploy();
    }

    /// <returns>False when the subtask does not exist or was there already: a late or repeated
    /// report.</returns>
    public bool Apply(SubtaskKey key, SubtaskState to)
    {
        if (!Contains(key) || !RegionOf(key).IsDeployed) return false;
        SubtaskState from = this[key];
        if (!SubtaskStates.CanMove(from, to)) return false;
        _subtasks[key.Vertex][key.Index] = to;
        RegionOf(key).Move(from, to);
        return true;
    }

    public bool Contains(SubtaskKey key) =>
        (uint)key.Vertex < (uint)_subtasks.Length && (uint)key.Index < (uint)_subtasks[key.Vertex].Length;

    /// <summary>For messages: <c>Source -> Calc (2/4)</c>.</summary>
    public string Describe(SubtaskKey key) =>
        $"{Job.Vertices[key.Vertex].Name} ({key.Index + 1}/{Job.Vertices[key.Vertex].Parallelism})";
}
