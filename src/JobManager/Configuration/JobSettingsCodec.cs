using Millrace.Shared.Messages;

namespace Millrace.JobManager.Configuration;

/// <summary>Job options as they travel and as they are stored.</summary>
internal static class JobSettingsCodec
{
    public static JobSettings ToMessage(JobOptions options)
    {
        var settings = new JobSettings { SlotTimeoutMs = Milliseconds(options.SlotTimeout) };
        Write(options.Restart, settings);
        Write(options.Checkpoint, settings);
        Write(options.Resources, settings);
        return settings;
    }

    public static JobOptions FromMessage(JobSettings settings) => new()
    {
        Restart = Restart(settings),
        Checkpoint = Checkpoint(settings),
        Resources = Resources(settings),
        SlotTimeout = settings.SlotTimeoutMs > 0
            ? Span(settings.SlotTimeoutMs)
            : new JobOptions().SlotTimeout,
    };

    private static void Write(RestartOptions restart, JobSettings settings)
    {
        settings.Restart = (RestartKind)restart.Strategy;
        settings.RestartAttempts = restart.Attempts;
        settings.RestartDelayMs = Milliseconds(restart.Delay);
        settings.RestartMaxFailuresPerInterval = restart.MaxFailuresPerInterval;
        settings.RestartFailureRateIntervalMs = Milliseconds(restart.FailureRateInterval);
        settings.RestartMaxDelayMs = Milliseconds(restart.MaxDelay);
        settings.RestartDelayMultiplier = restart.DelayMultiplier;
        settings.RestartJitter = restart.Jitter;
        settings.RestartResetAfterMs = Milliseconds(restart.ResetAfter);
    }

    private static RestartOptions Restart(JobSettings settings) => new()
    {
        Strategy = (RestartStrategyKind)settings.Restart,
        Attempts = settings.RestartAttempts,
        Delay = Span(settings.RestartDelayMs),
        MaxFailuresPerInterval = settings.RestartMaxFailuresPerInterval,
        FailureRateInterval = Span(settings.RestartFailureRateIntervalMs),
        MaxDelay = Span(settings.RestartMaxDelayMs),
        DelayMultiplier = settings.RestartDelayMultiplier,
        Jitter = settings.RestartJitter,
        ResetAfter = Span(settings.RestartResetAfterMs),
    };

    private static void Write(CheckpointOptions checkpoint, JobSettings settings)
    {
        settings.CheckpointIntervalMs = checkpoint.Interval is { } interval ? Milliseconds(interval) : 0;
        settings.CheckpointTimeoutMs = Milliseconds(checkpoint.Timeout);
        settings.CheckpointMinPauseMs = Milliseconds(checkpoint.MinPause);
        settings.AlignedCheckpointTimeoutMs = Milliseconds(checkpoint.AlignedTimeout);
        settings.MaxConcurrentCheckpoints = checkpoint.MaxConcurrent;
        settings.TolerableFailedCheckpoints = checkpoint.TolerableFailures;
        settings.RetainedCheckpoints = checkpoint.Retained;
        settings.Cleanup = (CleanupKind)checkpoint.Cleanup;
        settings.CheckpointDir = checkpoint.Directory ?? "";
    }

    private static CheckpointOptions Checkpoint(JobSettings settings) => new()
    {
        Interval = settings.CheckpointIntervalMs > 0 ? Span(settings.CheckpointIntervalMs) : null,
        Timeout = Span(settings.CheckpointTimeoutMs),
        MinPause = Span(settings.CheckpointMinPauseMs),
        AlignedTimeout = Span(settings.AlignedCheckpointTimeoutMs),
        MaxConcurrent = Math.Max(1, settings.MaxConcurrentCheckpoints),
        TolerableFailures = settings.TolerableFailedCheckpoints,
        Retained = Math.Max(1, settings.RetainedCheckpoints),
        Cleanup = (CheckpointCleanup)settings.Cleanup,
        Directory = settings.CheckpointDir.Length == 0 ? null : settings.CheckpointDir,
    };

    private static void Write(ResourceOptions resources, JobSettings settings)
    {
        settings.JobmanagerMemoryBytes = resources.JobManagerMemoryBytes ?? 0;
        settings.JobmanagerCpus = resources.JobManagerCpu ?? 0;
        settings.TaskmanagerMemoryBytes = resources.TaskManagerMemoryBytes ?? 0;
        settings.TaskmanagerCpus = resources.TaskManagerCpu ?? 0;
        settings.TaskmanagerSlots = resources.TaskManagerSlots ?? 0;
    }

    private static ResourceOptions Resources(JobSettings settings) => new()
    {
        JobManagerMemoryBytes = settings.JobmanagerMemoryBytes > 0 ? settings.JobmanagerMemoryBytes : null,
        JobManagerCpu = settings.JobmanagerCpus > 0 ? settings.JobmanagerCpus : null,
        TaskManagerMemoryBytes = settings.TaskmanagerMemoryBytes > 0 ? settings.TaskmanagerMemoryBytes : null,
        TaskManagerCpu = settings.TaskmanagerCpus > 0 ? settings.TaskmanagerCpus : null,
        TaskManagerSlots = settings.TaskmanagerSlots > 0 ? settings.TaskmanagerSlots : null,
    };

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static TimeSpan Span(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
