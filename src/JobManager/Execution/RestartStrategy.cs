using Millrace.JobManager.Configuration;

namespace Millrace.JobManager.Execution;

/// <summary>
/// Decides what follows a failure that a restart may heal. It holds what it must remember of earlier
/// failures; a JobMaster that takes over tells it those that are stored.
/// </summary>
internal interface IRestartStrategy
{
    /// <param name="restarts">Restarts so far, over all JobManagers that had the job.</param>
    /// <param name="now">When the failure was seen; never before the last one.</param>
    RestartDecision OnFailure(int restarts, DateTimeOffset now);
}

/// <param name="Delay">Null: no restart, the job fails.</param>
/// <param name="Reason">Why not, for the message.</param>
internal readonly record struct RestartDecision(TimeSpan? Delay, string Reason);

internal static class RestartStrategies
{
    /// <summary>The most failures that failure-rate remembers.</summary>
    public const int MaxFailures = 1000;

    /// <param name="random">For the jitter of delays.</param>
    public static IRestartStrategy Of(RestartOptions options, Random random) => options.Strategy switch
    {
        RestartStrategyKind.None => new NoRestart(),
        RestartStrategyKind.FailureRate => new FailureRateRestart(
            options.MaxFailuresPerInterval, options.FailureRateInterval, options.Delay),
        RestartStrategyKind.ExponentialDelay => new ExponentialDelayRestart(options, random),
        _ => new FixedDelayRestart(options.Attempts, options.Delay),
    };
}

/// <summary>The first failure is final.</summary>
internal sealed class NoRestart : IRestartStrategy
{
    public RestartDecision OnFailure(int restarts, DateTimeOffset now) =>
        new(null, "the restart strategy is none");
}

/// <summary>A number of restarts over the life of the job, each after the same delay.</summary>
internal sealed class FixedDelayRestart(int attempts, TimeSpan delay) : IRestartStrategy
{
    public RestartDecision OnFailure(int restarts, DateTimeOffset now) => restarts < attempts
        ? new RestartDecision(delay, "")
        : new RestartDecision(null, $"the job has used up its {attempts} restarts");
}

/// <summary>
/// Restarts after the same delay, until the last <c>n</c> failures lie within the interval: the n-th of them
/// is final, as in Flink.
/// </summary>
internal sealed class FailureRateRestart(int maxFailures, TimeSpan interval, TimeSpan delay)
    : IRestartStrategy
{
    private readonly Queue<DateTimeOffset> _last = new();

    public RestartDecision OnFailure(int restarts, DateTimeOffset now)
    {
        if (_last.Count == maxFailures) _last.Dequeue();
        _last.Enqueue(now);
        return _last.Count < maxFailures || now - _last.Peek() > interval
            ? new RestartDecision(delay, "")
            : new RestartDecision(
                null, $"the last {maxFailures} failures came within {interval.TotalSeconds:0.###} s");
    }
}

/// <summary>
/// Each delay is longer than the one before, up to a longest, until the job has run for a while. A failure
/// before the restart that another one has caused belongs to that one: its delay does not grow.
/// </summary>
internal sealed class ExponentialDelayRestart(RestartOptions options, Random random) : IRestartStrategy
{
    private int _attempt;
    private DateTimeOffset _restartAt = DateTimeOffset.MinValue;

    public RestartDecision OnFailure(int restarts, DateTimeOffset now)
    {
        if (now < _restartAt) return new RestartDecision(_restartAt - now, "");
        if (_attempt > 0 && now - _restartAt >= options.ResetAfter) _attempt = 0;
        if (_attempt >= options.Attempts)
            return new RestartDecision(
                null, $"the job has restarted {options.Attempts} times without a quiet time between");
        TimeSpan delay = WithJitter(
            Math.Min(
                options.MaxDelay.TotalMilliseconds,
                options.Delay.TotalMilliseconds * Math.Pow(options.DelayMultiplier, _attempt)));
        _attempt++;
        _restartAt = now + delay;
        return new RestartDecision(delay, "");
    }

    /// <summary>Never shorter than the first delay nor longer than the longest.</summary>
    private TimeSpan WithJitter(double milliseconds)
    {
        double jittered = milliseconds * (1 + (options.Jitter * ((2 * random.NextDouble()) - 1)));
        return TimeSpan.FromMilliseconds(Math.Clamp(
            Math.Round(jittered), options.Delay.TotalMilliseconds, options.MaxDelay.TotalMilliseconds));
    }
}
