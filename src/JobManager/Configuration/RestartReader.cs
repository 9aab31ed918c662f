namespace Millrace.JobManager.Configuration;

/// <summary>
/// Reads what <c>runtime</c> says of restarts. A key that the strategy does not know is refused: it would do
/// nothing.
/// </summary>
internal static class RestartReader
{
    private const string FixedDelay = "fixed-delay";
    private const string FailureRate = "failure-rate";
    private const string ExponentialDelay = "exponential-delay";
    private const string Attempts = "restart_attempts";
    private const string Delay = "restart_delay";
    private const string MaxFailures = "restart_max_failures_per_interval";
    private const string Interval = "restart_failure_rate_interval";
    private const string InitialBackoff = "restart_initial_backoff";
    private const string MaxBackoff = "restart_max_backoff";
    private const string Multiplier = "restart_backoff_multiplier";
    private const string Jitter = "restart_jitter_factor";
    private const string ResetThreshold = "restart_reset_backoff_threshold";
    private const string AttemptsBeforeReset = "restart_attempts_before_reset_backoff";

    private static readonly string[] Keys =
    [
        Attempts, Delay, MaxFailures, Interval, InitialBackoff, MaxBackoff, Multiplier, Jitter,
        ResetThreshold, AttemptsBeforeReset,
    ];

    /// <returns>Null where nothing is said.</returns>
    public static RestartOptions? Read(ConfigSection section)
    {
        ConfigValue? named = section.Value("restart_strategy");
        var given = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (string key in Keys)
            if (section.Value(key) is { } value) given.Add(key, value);
        if (named is null && given.Count == 0) return null;
        RestartOptions options = Of(Strategy(named, given.Keys), given);
        foreach ((string key, ConfigValue value) in given)
            throw value.Refused(
                $"'runtime.{key}' means nothing to the restart strategy '{NameOf(options.Strategy)}'; "
                + "leave it out or choose another strategy.");
        return options;
    }

    /// <summary>Nothing said: none without checkpoints, exponential delays with them, as in Flink.</summary>
    public static RestartOptions Default(CheckpointOptions checkpoint) => new()
    {
        Strategy = checkpoint.Interval is null
            ? RestartStrategyKind.None
            : RestartStrategyKind.ExponentialDelay,
    };

    private static RestartStrategyKind Strategy(ConfigValue? named, IEnumerable<string> keys) =>
        named is not null
            ? named.OneOf(
                (FixedDelay, RestartStrategyKind.FixedDelay),
                (FailureRate, RestartStrategyKind.FailureRate),
                (ExponentialDelay, RestartStrategyKind.ExponentialDelay),
                ("none", RestartStrategyKind.None))
            : keys.Any(k => k is MaxFailures or Interval) ? RestartStrategyKind.FailureRate
            : keys.Any(k => k is not (Attempts or Delay)) ? RestartStrategyKind.ExponentialDelay
            : RestartStrategyKind.FixedDelay;

    /// <summary>Takes out of <paramref name="given"/> what it uses.</summary>
    private static RestartOptions Of(RestartStrategyKind strategy, Dictionary<string, ConfigValue> given)
    {
        var options = new RestartOptions { Strategy = strategy };
        return strategy switch
        {
            RestartStrategyKind.FixedDelay => options with
            {
                Attempts = Take(given, Attempts)?.Int(0, int.MaxValue) ?? 1,
                Delay = Take(given, Delay)?.Duration() ?? options.Delay,
            },
            RestartStrategyKind.FailureRate => options with
            {
                MaxFailuresPerInterval =
                    Take(given, MaxFailures)?.Int(1, Execution.RestartStrategies.MaxFailures)
                    ?? options.MaxFailuresPerInterval,
                FailureRateInterval = Positive(Take(given, Interval)) ?? options.FailureRateInterval,
                Delay = Take(given, Delay)?.Duration() ?? options.Delay,
            },
            RestartStrategyKind.ExponentialDelay => Exponential(options, given),
            _ => options,
        };
    }

    private static RestartOptions Exponential(RestartOptions options, Dictionary<string, ConfigValue> given)
    {
        ConfigValue? multiplier = Take(given, Multiplier);
        if (multiplier?.Number() <= 1) throw multiplier.Wrong("a number above 1");
        TimeSpan initial = Positive(Take(given, InitialBackoff)) ?? options.Delay;
        ConfigValue? max = Take(given, MaxBackoff);
        TimeSpan longest = Positive(max) ?? (options.MaxDelay > initial ? options.MaxDelay : initial);
        if (longest < initial)
            throw max!.Refused(
                $"'{max.Key}' is shorter than the first delay, {initial.TotalSeconds:0.###} s.");
        return options with
        {
            Delay = initial,
            MaxDelay = longest,
            DelayMultiplier = multiplier?.Number() ?? options.DelayMultiplier,
            Jitter = Take(given, Jitter)?.Fraction() ?? options.Jitter,
            ResetAfter = Positive(Take(given, ResetThreshold)) ?? options.ResetAfter,
            Attempts = Take(given, AttemptsBeforeReset)?.Int(0, int.MaxValue) ?? int.MaxValue,
        };
    }

    private static ConfigValue? Take(Dictionary<string, ConfigValue> given, string key) =>
        given.Remove(key, out ConfigValue? value) ? value : null;

    private static TimeSpan? Positive(ConfigValue? value) =>
        value is null ? null
        : value.Duration() is var duration && duration > TimeSpan.Zero ? duration
        : throw value.Wrong("a duration above 0");

    private static string NameOf(RestartStrategyKind strategy) => strategy switch
    {
        RestartStrategyKind.FixedDelay => FixedDelay,
        RestartStrategyKind.FailureRate => FailureRate,
        RestartStrategyKind.ExponentialDelay => ExponentialDelay,
        _ => "none",
    };
}
