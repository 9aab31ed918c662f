using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.JobManager.Execution;

/// <summary>
/// The parallel form of a job: its state and that of every subtask of the attempt that runs.
/// </summary>
internal sealed class ExecutionGraph
{
    private readonly SubtaskState[][] _subtasks;
    private readonly int[] _counts = new int[(int)SubtaskState.Failed + 1];

    public ExecutionGraph(JobGraph job)
    {
        Job = job;
        _subtasks = [.. job.Vertices.Select(v => new SubtaskState[v.Parallelism])];
        Total = job.Vertices.Sum(v => v.Parallelism);
    }

    public JobGraph Job { get; }

    /// <summary>Subtasks of all vertices.</summary>
    public int Total { get; }

    public JobState State { get; private set; } = JobState.Initializing;

    /// <summary>Whether subtasks have been deployed that have not all stopped.</summary>
    public bool IsDeployed { get; private set; }

    public SubtaskState this[SubtaskKey key] => _subtasks[key.Vertex][key.Index];

    /// <summary>All run or have got further.</summary>
    public bool HaveAllStarted => _counts[(int)SubtaskState.Deploying] == 0;

    /// <summary>None has data to come, and all are still there.</summary>
    public bool HaveAllEnded => Count(SubtaskState.DataEnded) + Count(SubtaskState.Finished) == Total;

    public bool HaveAllFinished => Count(SubtaskState.Finished) == Total;

    public bool HaveAllStopped =>
        Count(SubtaskState.Finished) + Count(SubtaskState.Canceled) + Count(SubtaskState.Failed) == Total;

    public IEnumerable<SubtaskKey> Subtasks
    {
        get
        {
            for (int vertex = 0; vertex < _subtasks.Length; vertex++)
                for (int index = 0; index < _subtasks[vertex].Length; index++)
                    yield return new SubtaskKey(vertex, index);
        }
    }

    public int Count(SubtaskState state) => _counts[(int)state];

    public void MoveTo(JobState state)
    {
        if (State == state) return;
        Invariant.Check(JobStates.CanMove(State, state), $"a job may not move from {State} to {state}");
        State = state;
    }

    /// <summary>A new attempt: every subtask is being deployed.</summary>
    public void BeginAttempt()
    {
        foreach (SubtaskState[] vertex in _subtasks) Array.Fill(vertex, SubtaskState.Deploying);
        Array.Clear(_counts);
        _counts[(int)SubtaskState.Deploying] = Total;
        IsDeployed = true;
    }

    public void EndAttempt() => IsDeployed = false;

    /// <returns>False when the subtask does not exist or was there already: a late or repeated
    /// report.</returns>
    public bool Apply(SubtaskKey key, SubtaskState to)
    {
        if (!Contains(key) || !IsDeployed) return false;
        SubtaskState from = this[key];
        if (!SubtaskStates.CanMove(from, to)) return false;
        _subtasks[key.Vertex][key.Index] = to;
        _counts[(int)from]--;
        _counts[(int)to]++;
        return true;
    }

    public bool Contains(SubtaskKey key) =>
        (uint)key.Vertex < (uint)_subtasks.Length && (uint)key.Index < (uint)_subtasks[key.Vertex].Length;

    /// <summary>For messages: <c>Source -> Calc (2/4)</c>.</summary>
    public string Describe(SubtaskKey key) =>
        $"{Job.Vertices[key.Vertex].Name} ({key.Index + 1}/{Job.Vertices[key.Vertex].Parallelism})";
}
