namespace Millrace.JobManager.Execution;

/// <summary>The life of a job, with Flink's names (JobStatus).</summary>
public enum JobState
{
    /// <summary>Its JobMaster starts or recovers.</summary>
    Initializing,

    /// <summary>Waits for slots, or its first subtasks are being deployed.</summary>
    Created,

    /// <summary>Every subtask has reported that it runs.</summary>
    Running,

    /// <summary>
    /// An attempt has failed; the next one waits for its delay, for slots or for its subtasks.
    /// </summary>
    Restarting,

    /// <summary>It will fail for good once its subtasks have stopped.</summary>
    Failing,
    Failed,

    /// <summary>It will be canceled once its subtasks have stopped.</summary>
    Cancelling,
    Canceled,
    Finished,

    /// <summary>Its JobManager has stopped; another one goes on with it.</summary>
    Suspended,
}

/// <summary>The moves that a job may make.</summary>
public static class JobStates
{
    public static bool CanMove(JobState from, JobState to) => (from, to) is
        (JobState.Initializing, JobState.Created or JobState.Failed or JobState.Cancelling
            or JobState.Suspended)
        or (JobState.Created, JobState.Running or JobState.Restarting or JobState.Failing
            or JobState.Cancelling or JobState.Suspended)
        or (JobState.Running, JobState.Restarting or JobState.Failing or JobState.Cancelling
            or JobState.Finished or JobState.Suspended)
        or (JobState.Restarting, JobState.Created or JobState.Running or JobState.Failing
            or JobState.Cancelling or JobState.Suspended)
        or (JobState.Failing, JobState.Failed or JobState.Suspended)
        or (JobState.Cancelling, JobState.Canceled or JobState.Suspended)
        or (JobState.Suspended, JobState.Initializing);

    /// <summary>Nothing follows, on any JobManager.</summary>
    public static bool IsTerminal(this JobState state) =>
        state is JobState.Failed or JobState.Canceled or JobState.Finished;
}
