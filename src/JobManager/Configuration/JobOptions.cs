namespace Millrace.JobManager.Configuration;

/// <summary>How a job runs, apart from what it computes. Defaults are Flink's unless said.</summary>
public sealed record JobOptions
{
    public RestartOptions Restart { get; init; } = new();

    public CheckpointOptions Checkpoint { get; init; } = new();

    public ResourceOptions Resources { get; init; } = new();

    /// <summary>So long the job waits for slots; that it got none counts as a failure then.</summary>
    public TimeSpan SlotTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>When checkpoints are taken and which are kept.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// From one trigger to the next; null takes no checkpoints but savepoints, and a last one where what a
    /// sink has written takes effect with it.
    /// </summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>A checkpoint that is not complete by then has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From the end of one checkpoint to the next periodic trigger, at least.</summary>
    public TimeSpan MinPause { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// A barrier that waits for its records longer than this overtakes them, and what it overtakes is stored
    /// with the checkpoint; zero: it always waits. Savepoints always wait.
    /// </summary>
    public TimeSpan AlignedTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Checkpoints that may be under way at a time.</summary>
    public int MaxConcurrent { get; init; } = 1;

    /// <summary>So many checkpoints may fail in a row; the next failure fails the attempt.</summary>
    public int TolerableFailures { get; init; }

    /// <summary>
    /// Complete checkpoints kept (Flink: 1). More than one lets a restore step back over a damaged one.
    /// </summary>
    public int Retained { get; init; } = 3;

    public CheckpointCleanup Cleanup { get; init; } = CheckpointCleanup.RetainOnCancellation;

    /// <summary>Folder below which each job has one of its own; null means that of the JobManager.</summary>
    public string? Directory { get; init; }
}

/// <summary>Which ended jobs leave their checkpoints behind; a finished job leaves none.</summary>
public enum CheckpointCleanup
{
    /// <summary>A canceled and a failed job leave them.</summary>
    RetainOnCancellation,

    /// <summary>A failed job leaves them.</summary>
    DeleteOnCancellation,

    /// <summary>No job leaves any (Flink's NO_EXTERNALIZED_CHECKPOINTS).</summary>
    DeleteAlways,
}
