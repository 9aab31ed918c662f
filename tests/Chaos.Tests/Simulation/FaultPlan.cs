using Akka.Persistence;
using Google.Protobuf;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// What goes wrong, by the seed: how likely each thing is, and at which step of a checkpoint or of an end the
/// JobManager dies. After <see cref="Calm"/> nothing goes wrong any more.
/// </summary>
internal sealed class FaultPlan(Simulation simulation, Random random)
{
    private readonly Dictionary<string, int> _deathsLeft = [];
    private readonly Dictionary<Type, (int Passing, int Lost)> _lossesLeft = [];

    public bool IsCalm { get; private set; }

    /// <summary>Chances of 1,000.</summary>
    public int Lost { get; init; }

    public int Doubled { get; init; }

    /// <summary>What meets a cut is lost; otherwise it arrives when the cut is mended.</summary>
    public bool DropsWhenCut { get; init; }

    public int Slow { get; init; }

    public int OpenFailures { get; init; }

    public int RunFailures { get; init; }

    public int WriteFailures { get; init; }

    public int CancelFailures { get; init; }

    /// <summary>Of a death of the JobManager at any one step that it may die at.</summary>
    public int DeathsAtSteps { get; init; }

    /// <summary>Steps where the JobManager dies once each, whatever the chances.</summary>
    public void DieAt(string step) => _deathsLeft[step] = _deathsLeft.GetValueOrDefault(step) + 1;

    /// <summary>Deaths and losses that were planned and have not happened.</summary>
    public IEnumerable<string> Unused =>
    [
        .. _deathsLeft.Where(d => d.Value > 0).Select(d => d.Key),
        .. _lossesLeft.Where(l => l.Value.Lost > 0).Select(l => l.Key.Name),
    ];

    /// <summary>Messages of a type are lost, after some that pass.</summary>
    public void Lose(Type message, int passing, int lost) => _lossesLeft[message] = (passing, lost);

    public void Install()
    {
        simulation.Network.Delay = () => Chance(Slow) ? Some(200, 3000) : Some(0, 8);
        simulation.Network.Doubles = m => m is IMessage && Chance(Doubled);
        simulation.Network.Loses = m => IsNextLost(m) || (m is IMessage && Chance(Lost));
        simulation.Disk.OnChange = (change, path) =>
        {
            if (path.EndsWith("/_metadata", StringComparison.Ordinal)) DieSoon("metadata");
        };
    }

    public void Calm()
    {
        IsCalm = true;
        simulation.Disk.IsFull = false;
    }

    public TimeSpan JournalDelay() => Chance(Slow) ? Some(50, 2000) : Some(0, 10);

    public TimeSpan DiskDelay() => Chance(Slow) ? Some(100, 4000) : Some(0, 15);

    public TimeSpan OpenDelay() => Some(1, 100);

    public TimeSpan CancelDelay() => Chance(Slow) ? Some(500, 40_000) : Some(0, 200);

    public TimeSpan StepDelay() => Some(0, 20);

    public TimeSpan RecordDelay() => Some(10, 120);

    public TimeSpan SnapshotDelay() => Chance(Slow) ? Some(1000, 30_000) : Some(1, 60);

    public bool FailsToOpen() => Chance(OpenFailures);

    public bool FailsRunning() => Chance(RunFailures);

    public bool FailsToWrite() => Chance(WriteFailures);

    public bool FailsInCancel() => Chance(CancelFailures);

    public void OnRestore()
    {
        if (Chance(OpenFailures))
            throw new MillraceException(ErrorKind.Unavailable, "The disk does not answer.");
    }

    public void OnSend(SimulatedProcess from, SimulatedProcess to, object message)
    {
        string? step = message switch
        {
            CheckpointCompleted => "notice",
            DeploySubtasks => "deployment",
            FinishSubtasks => "finish",
            TriggerCheckpoint => "trigger",
            CancelSubtasks => "cancel",
            _ => null,
        };
        if (step is not null && Dies(step)) simulation.Kill(from);
    }

    /// <returns>Whether the writer has died, before the event was stored.</returns>
    public bool OnStore(SimulatedProcess? writer, IPersistentRepresentation happened)
    {
        if (writer is null || !Dies("before " + Name(happened))) return false;
        simulation.Kill(writer);
        return true;
    }

    public void OnStored(SimulatedProcess? writer, IPersistentRepresentation happened)
    {
        if (writer is not null && Dies("after " + Name(happened))) simulation.Kill(writer);
    }

    public TimeSpan Some(int fromMs, int toMs) => TimeSpan.FromMilliseconds(random.Next(fromMs, toMs));

    public bool Chance(int ofThousand) => !IsCalm && random.Next(1000) < ofThousand;

    /// <summary>The disk work of a JobManager has done its part; it dies before it hears so.</summary>
    private void DieSoon(string step)
    {
        if (Dies(step) && simulation.Leader is { } leader)
            simulation.After(null, TimeSpan.Zero, () => simulation.Kill(leader));
    }

    private bool Dies(string step)
    {
        if (_deathsLeft.GetValueOrDefault(step) == 0) return Chance(DeathsAtSteps);
        _deathsLeft[step]--;
        return true;
    }

    private static string Name(IPersistentRepresentation happened) => ((IMessage)happened.Payload) switch
    {
        JobEnded { State: JobStateCode.JobFinished } => "JobFinished",
        CheckpointTaken { Stops: true } => "StopTaken",
        IMessage m => m.Descriptor.Name,
    };

    private bool IsNextLost(object message)
    {
        if (!_lossesLeft.TryGetValue(message.GetType(), out (int Passing, int Lost) left)) return false;
        _lossesLeft[message.GetType()] =
            left.Passing > 0 ? (left.Passing - 1, left.Lost) : (0, Math.Max(0, left.Lost - 1));
        return left is { Passing: 0, Lost: > 0 };
    }
}
