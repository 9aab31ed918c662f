using Akka.Actor;
using Akka.Persistence;

namespace Millrace.JobManager.Membership;

/// <summary>
/// Reads from the journal once and stops: the first read of a process compiles most of the way to the
/// database, and a standby that has it behind it leads a second sooner. Stores nothing.
/// </summary>
internal sealed class JournalWarmUp : ReceivePersistentActor
{
    public JournalWarmUp()
    {
        Recover<RecoveryCompleted>(_ => Context.Stop(Self));
    }

    public override string PersistenceId => "warm-up";

    /// <summary>Whoever needs the journal will say that it is away.</summary>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
    }
}
