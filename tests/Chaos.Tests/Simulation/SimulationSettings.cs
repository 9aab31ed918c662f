using Millrace.JobManager.Configuration;
using Millrace.Shared.Graph;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>What is simulated; the same settings give the same steps.</summary>
internal sealed record SimulationSettings(int Seed)
{
    /// <summary>At first; there are as many splits.</summary>
    public int Parallelism { get; init; } = 2;

    public ExchangeKind Exchange { get; init; } = ExchangeKind.Rebalance;

    public int TaskManagers { get; init; } = 3;

    public int SlotsPerTaskManager { get; init; } = 1;

    public int RecordsPerSplit { get; init; } = 100;

    public JobOptions Job { get; init; } = new()
    {
        Restart = new RestartOptions { Attempts = int.MaxValue, Delay = TimeSpan.FromMilliseconds(100) },
        Checkpoint = new CheckpointOptions
        {
            Interval = TimeSpan.FromMilliseconds(700),
            Timeout = TimeSpan.FromSeconds(20),
            MinPause = TimeSpan.FromMilliseconds(100),
            TolerableFailures = 2,
            Retained = 2,
        },
    };

    /// <summary>What goes wrong; nothing by default.</summary>
    public Func<Simulation, Random, FaultPlan> Faults { get; init; } =
        (simulation, random) => new FaultPlan(simulation, random);

    /// <summary>What is done, and when.</summary>
    public IReadOnlyList<(TimeSpan At, Action<Simulation> Act)> Script { get; init; } = [];

    /// <summary>How often the client asks how the job does.</summary>
    public TimeSpan AskInterval { get; init; } = TimeSpan.FromSeconds(1);

    public Func<Simulation, Random, Storm>? Storm { get; init; }
}
