namespace Millrace.JobManager.Configuration;

/// <summary>What happens after a failure that a restart may heal. Defaults are Flink's unless said.</summary>
public sealed record RestartOptions
{
    public RestartStrategyKind Strategy { get; init; } = RestartStrategyKind.FixedDelay;

    /// <summary>
    /// Of fixed-delay: so many restarts over the life of the job; the failure after them is final. Of
    /// exponential-delay: the same, counted anew after each quiet time. Flink's 1 is the job file's default.
    /// </summary>
    public int Attempts { get; init; } = int.MaxValue;

    /// <summary>
    /// From the end of the failed attempt to the next deployment; the first such delay of exponential-delay.
    /// </summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of failure-rate: the failure that is the n-th within the interval is final.</summary>
    public int MaxFailuresPerInterval { get; init; } = 1;

    public TimeSpan FailureRateInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of exponential-delay: no delay is longer.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of exponential-delay: each delay is so many times the one before; above 1.</summary>
    public double DelayMultiplier { get; init; } = 1.5;

    /// <summary>
    /// Of exponential-delay: a delay is longer or shorter by up to this part of it, 0 to 1, so that jobs that
    /// failed together don't return together.
    /// </summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>
    /// Of exponential-delay: after so long without a failure since the last restart the delays begin anew.
    /// </summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromHours(1);
}

public enum RestartStrategyKind
{
    None,
    FixedDelay,
    FailureRate,
    ExponentialDelay,
}
