using Millrace.JobManager.Configuration;

namespace Millrace.JobManager.Execution;

/// <summary>Decides what follows a failure that a restart may heal.</summary>
internal interface IRestartStrategy
{
    /// <param name="restarts">Restarts so far, over all JobManagers that had the job.</param>
    /// <param name="now">When the failure was seen.</param>
    RestartDecision OnFailure(int restarts, DateTimeOffset now);
}

/// <param name="Delay">Null: no restart, the job fails.</param>
/// <param name="Reason">Why not, for the message.</param>
internal readonly record struct RestartDecision(TimeSpan? Delay, string Reason);

internal static class RestartStrategies
{
    public static IRestartStrategy Of(RestartOptions options) => options.Strategy switch
    {
        RestartStrategyKind.None => new NoRestart(),
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
