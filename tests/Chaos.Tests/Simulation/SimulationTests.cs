using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// A failing seed is run again by <c>MILLRACE_SEEDS=SEED-SEED</c>, a longer search by
/// <c>MILLRACE_SEEDS=0-9999</c>.
/// </summary>
public sealed class SimulationTests
{
    private const string SeedsVariable = "MILLRACE_SEEDS";

    [Fact]
    public void A_job_without_faults_finishes_in_its_first_attempt_with_every_record_once()
    {
        SimulationOutcome outcome = SimulationOutcome.Of(new SimulationSettings(Seed: 1));
        Assert.Equal(JobStateCode.JobFinished, outcome.Report.State);
        Assert.Equal(1, outcome.Report.Attempt);
    }

    [Fact]
    public void A_seed_gives_the_same_steps_again()
    {
        SimulationOutcome first = SimulationOutcome.Of(Stormy(7));
        SimulationOutcome second = SimulationOutcome.Of(Stormy(7));
        Assert.Equal(first.History, second.History);
        Assert.Equal(first.Steps, second.Steps);
    }

    [Fact]
    public void Whatever_goes_wrong_a_job_ends_once_with_every_record_once()
    {
        List<SimulationOutcome> outcomes = IsSearch ? Search() : [.. Seeds().Select(Outcome)];
        // The storms are worth something only if they hit.
        if (outcomes.Count < 100) return;
        Assert.InRange(outcomes.Sum(o => o.Report.Attempt), outcomes.Count * 2, int.MaxValue);
        Assert.InRange(outcomes.Count(o => o.LeaderChanges > 0), outcomes.Count / 4, int.MaxValue);
        Assert.Contains(outcomes, o => o.Report.State == JobStateCode.JobCanceled);
    }

    /// <summary>Goes on after a seed that fails, to name all that do.</summary>
    private static List<SimulationOutcome> Search()
    {
        List<SimulationOutcome> outcomes = [];
        List<string> failures = [];
        foreach (int seed in Seeds())
        {
            try
            {
                outcomes.Add(Outcome(seed));
            }
            catch (InvalidOperationException e)
            {
                failures.Add(e.Message);
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        return outcomes;
    }

    private static SimulationOutcome Outcome(int seed) => SimulationOutcome.Of(Stormy(seed));

    /// <summary>Seeds were asked for.</summary>
    public static bool IsSearch => Environment.GetEnvironmentVariable(SeedsVariable) is not null;

    private static IEnumerable<int> Seeds()
    {
        string[] range = (Environment.GetEnvironmentVariable(SeedsVariable) ?? "0-199").Split('-');
        int first = int.Parse(range[0]);
        return Enumerable.Range(first, int.Parse(range[1]) - first + 1);
    }

    private static SimulationSettings Stormy(int seed) => new(seed)
    {
        Parallelism = 1 + (seed % 3),
        TaskManagers = 3 + (seed % 2),
        Exchange = seed % 5 < 2 ? ExchangeKind.Forward : ExchangeKind.Rebalance,
        Faults = (simulation, random) => new FaultPlan(simulation, random)
        {
            Slow = random.Next(30),
            OpenFailures = random.Next(50),
            RunFailures = random.Next(4),
            WriteFailures = random.Next(60),
            CancelFailures = random.Next(200),
            DeathsAtSteps = random.Next(2) * random.Next(15),
        },
        Storm = (simulation, random) => new Storm(simulation, random)
        {
            Cancels = seed % 11 == 0,
            StopsWithSavepoint = seed % 7 == 0,
            Rescales = seed % 4 < 2,
        },
    };
}
