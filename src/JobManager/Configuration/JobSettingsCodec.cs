using Millrace.Shared.Messages;

namespace Millrace.JobManager.Configuration;

/// <summary>Job options as they travel and as they are stored.</summary>
internal static class JobSettingsCodec
{
    public static JobSettings ToMessage(JobOptions options) => new()
    {
        Restart = options.Restart.Strategy == RestartStrategyKind.None
            ? RestartKind.RestartNone
            : RestartKind.RestartFixedDelay,
        RestartAttempts = options.Restart.Attempts,
        RestartDelayMs = Milliseconds(options.Restart.Delay),
        CheckpointIntervalMs = options.Checkpoint.Interval is { } interval ? Milliseconds(interval) : 0,
        CheckpointTimeoutMs = Milliseconds(options.Checkpoint.Timeout),
        CheckpointMinPauseMs = Milliseconds(options.Checkpoint.MinPause),
        MaxConcurrentCheckpoints = options.Checkpoint.MaxConcurrent,
        TolerableFailedCheckpoints = options.Checkpoint.TolerableFailures,
        RetainedCheckpoints = options.Checkpoint.Retained,
        Cleanup = (CleanupKind)options.Checkpoint.Cleanup,
        CheckpointDir = options.Checkpoint.Directory ?? "",
    };

    public static JobOptions FromMessage(JobSettings settings) => new()
    {
        Restart = new RestartOptions
        {
            Strategy = settings.Restart == RestartKind.RestartNone
                ? RestartStrategyKind.None
                : RestartStrategyKind.FixedDelay,
            Attempts = settings.RestartAttempts,
            Delay = TimeSpan.FromMilliseconds(settings.RestartDelayMs),
        },
        Checkpoint = new CheckpointOptions
        {
            Interval = settings.CheckpointIntervalMs > 0
                ? TimeSpan.FromMilliseconds(settings.CheckpointIntervalMs)
                : null,
            Timeout = TimeSpan.FromMilliseconds(settings.CheckpointTimeoutMs),
            MinPause = TimeSpan.FromMilliseconds(settings.CheckpointMinPauseMs),
            MaxConcurrent = Math.Max(1, settings.MaxConcurrentCheckpoints),
            TolerableFailures = settings.TolerableFailedCheckpoints,
            Retained = Math.Max(1, settings.RetainedCheckpoints),
            Cleanup = (CheckpointCleanup)settings.Cleanup,
            Directory = settings.CheckpointDir.Length == 0 ? null : settings.CheckpointDir,
        },
    };

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
