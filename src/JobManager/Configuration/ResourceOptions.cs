namespace Millrace.JobManager.Configuration;

/// <summary>The least that nodes must offer to a job; null: anything.</summary>
public sealed record ResourceOptions
{
    /// <summary>Of the JobManager that takes the job.</summary>
    public long? JobManagerMemoryBytes { get; init; }

    public double? JobManagerCpu { get; init; }

    /// <summary>Of a TaskManager that gets subtasks of the job.</summary>
    public long? TaskManagerMemoryBytes { get; init; }

    public double? TaskManagerCpu { get; init; }

    /// <summary>
    /// Where TaskManagers are started for one job, they have so many slots; a running cluster has its own
    /// number.
    /// </summary>
    public int? TaskManagerSlots { get; init; }
}
