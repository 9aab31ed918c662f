namespace Millrace.JobManager.Execution;

/// <summary>
/// Which subtask of a job: the vertex's index in the graph and the index of the subtask in the vertex.
/// </summary>
public readonly record struct SubtaskKey(int Vertex, int Index);

/// <summary>The life of a subtask in one attempt; the numbers are those of the messages.</summary>
public enum SubtaskState
{
    Deploying = 0,
    Running = 1,

    /// <summary>Everything was read and emitted; it stays for the last checkpoint.</summary>
    DataEnded = 2,
    Finished = 3,
    Canceled = 4,
    Failed = 5,
}

/// <summary>
/// The moves that a subtask may make. Reports can be lost, so a state may be skipped, never taken back.
/// </summary>
public static class SubtaskStates
{
    public static bool CanMove(SubtaskState from, SubtaskState to) => !from.HasStopped() && to > from;

    /// <summary>It does nothing any more.</summary>
    public static bool HasStopped(this SubtaskState state) =>
        state is SubtaskState.Finished or SubtaskState.Canceled or SubtaskState.Failed;
}
