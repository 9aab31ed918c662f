using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>Each strategy against a model that looks at the whole history of failures.</summary>
public sealed class RestartStrategyTests
{
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void None_never_restarts() =>
        Assert.Null(Of(new() { Strategy = RestartStrategyKind.None }).OnFailure(0, Epoch).Delay);

    [Fact]
    public void Fixed_delay_restarts_as_often_as_it_says()
    {
        IRestartStrategy strategy = Of(new() { Attempts = 2, Delay = TimeSpan.FromSeconds(3) });
        Assert.Equal(TimeSpan.FromSeconds(3), strategy.OnFailure(0, Epoch).Delay);
        Assert.Equal(TimeSpan.FromSeconds(3), strategy.OnFailure(1, Epoch).Delay);
        Assert.Equal("the job has used up its 2 restarts", strategy.OnFailure(2, Epoch).Reason);
    }

    [Fact]
    public void Failure_rate_refuses_the_failure_that_is_the_nth_within_the_interval()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var options = new RestartOptions
            {
                Strategy = RestartStrategyKind.FailureRate,
                MaxFailuresPerInterval = random.Next(1, 5),
                FailureRateInterval = TimeSpan.FromSeconds(random.Next(1, 30)),
            };
            IRestartStrategy strategy = Of(options);
            var failures = new List<DateTimeOffset>();
            foreach (DateTimeOffset now in Failures(random))
            {
                failures.Add(now);
                int within = failures.Count(f => now - f <= options.FailureRateInterval);
                bool restarts = strategy.OnFailure(failures.Count, now).Delay == options.Delay;
                Assert.True(restarts == within < options.MaxFailuresPerInterval, $"seed {seed}, {now}");
            }
        }
    }

    [Fact]
    public void Exponential_delays_grow_to_the_longest_and_begin_anew_after_a_quiet_time()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var options = new RestartOptions
            {
                Strategy = RestartStrategyKind.ExponentialDelay,
                Attempts = random.Next(1, 8),
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(random.Next(1, 20)),
                DelayMultiplier = 1 + (random.NextDouble() * 2),
                Jitter = 0,
                ResetAfter = TimeSpan.FromSeconds(random.Next(1, 20)),
            };
            AssertGrows(Of(options), options, random);
        }
    }

    [Fact]
    public void Jitter_stays_within_its_part_of_the_delay_and_differs()
    {
        var options = new RestartOptions
        {
            Strategy = RestartStrategyKind.ExponentialDelay,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(100),
            DelayMultiplier = 10,
            Jitter = 0.2,
        };
        var seen = new HashSet<TimeSpan>();
        for (int seed = 0; seed < 100; seed++)
        {
            IRestartStrategy strategy = RestartStrategies.Of(options, new Random(seed));
            Assert.InRange(strategy.OnFailure(0, Epoch).Delay!.Value.TotalSeconds, 1, 1.2);
            TimeSpan second = strategy.OnFailure(1, Epoch.AddSeconds(5)).Delay!.Value;
            Assert.InRange(second.TotalSeconds, 8, 12);
            seen.Add(second);
        }
        Assert.InRange(seen.Count, 50, 100);
    }

    private static void AssertGrows(IRestartStrategy strategy, RestartOptions options, Random random)
    {
        int attempt = 0;
        DateTimeOffset restartAt = DateTimeOffset.MinValue;
        foreach (DateTimeOffset now in Failures(random))
        {
            TimeSpan? delay = strategy.OnFailure(0, now).Delay;
            if (now < restartAt)
            {
                Assert.Equal(restartAt - now, delay);
                continue;
            }
            if (attempt > 0 && now >= restartAt + options.ResetAfter) attempt = 0;
            if (attempt == options.Attempts)
            {
                Assert.Null(delay);
                return;
            }
            double expected = 1000;
            for (int i = 0; i < attempt; i++) expected *= options.DelayMultiplier;
            Assert.Equal(
                Math.Min(expected, options.MaxDelay.TotalMilliseconds), delay!.Value.TotalMilliseconds, 1.0);
            attempt++;
            restartAt = now + delay.Value;
        }
    }

    private static IEnumerable<DateTimeOffset> Failures(Random random)
    {
        DateTimeOffset now = Epoch;
        for (int i = 0; i < 40; i++)
        {
            now += TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(60) : random.Next(5));
            yield return now;
        }
    }

    private static IRestartStrategy Of(RestartOptions options) =>
        RestartStrategies.Of(options, new Random(1));
}
