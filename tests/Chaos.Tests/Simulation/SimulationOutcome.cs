using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>How a simulated job has ended, all promises kept.</summary>
internal sealed record SimulationOutcome(
    JobReport Report,
    long Steps,
    int LeaderChanges,
    IReadOnlySet<JobStateCode> States,
    IReadOnlyList<string> UnusedFaults,
    IReadOnlyList<string> History)
{
    /// <summary>Of simulated time: a job that has not ended by then hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>All of it when a seed is run again to be understood.</summary>
    private static readonly int ShownHistory = SimulationTests.IsSearch ? int.MaxValue : 60;

    private const int ShownWidth = 200;

    /// <exception cref="InvalidOperationException">A promise is broken; tells the seed and what came
    /// before.</exception>
    public static SimulationOutcome Of(SimulationSettings settings)
    {
        using var simulation = new Simulation(settings);
        try
        {
            simulation.RunToEnd(Limit);
        }
        catch (Exception e)
        {
            IEnumerable<string> last = simulation.History.TakeLast(ShownHistory)
                .Select(line => line.Length > ShownWidth ? line[..ShownWidth] : line);
            throw new InvalidOperationException(
                $"Seed {settings.Seed}: {e.Message}\n{string.Join('\n', last)}", e);
        }
        int leaders = simulation.Processes.Count(p => p.Name.StartsWith("jm", StringComparison.Ordinal));
        return new SimulationOutcome(
            simulation.LastReport!, simulation.Time.Steps, leaders - 1, simulation.SeenStates,
            [.. simulation.Faults.Unused],
            [.. simulation.History]);
    }
}
