using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace Millrace.JobManager.Actors;

/// <summary>
/// How an ended job's journal is removed: its events first, then its snapshot, which tells the end to
/// whoever comes after a death between the two. Only when both answers are there does the actor stop, which
/// the JobManager stores as <c>JobForgotten</c>: after that nobody looks for leftovers.
/// </summary>
internal sealed partial class JobMasterActor
{
    private const long NotForgotten = -1;

    private void Forget()
    {
        _forgottenUpTo = LastSequenceNr;
        DeleteMessages(_forgottenUpTo);
    }

    /// <summary>Answers to what shortens a journal before its end are of no interest.</summary>
    private void ReceiveDeleted()
    {
        Command<DeleteMessagesSuccess>(_ => ForgetSnapshot(), done => done.ToSequenceNr == _forgottenUpTo);
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(OnEventsKept);
        Command<DeleteSnapshotsSuccess>(
            _ => Context.Stop(Self), done => done.Criteria.MaxSequenceNr == _forgottenUpTo);
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(OnSnapshotKept);
    }

    private void ForgetSnapshot() => DeleteSnapshots(new SnapshotSelectionCriteria(_forgottenUpTo));

    private void OnEventsKept(DeleteMessagesFailure failed)
    {
        _log.Warning("Job {0}: its events could not be removed: {1}", _job, failed.Cause.Message);
        if (failed.ToSequenceNr == _forgottenUpTo) ForgetSnapshot();
    }

    private void OnSnapshotKept(DeleteSnapshotsFailure failed)
    {
        _log.Warning("Job {0}: its snapshot could not be removed: {1}", _job, failed.Cause.Message);
        if (failed.Criteria.MaxSequenceNr == _forgottenUpTo) Context.Stop(Self);
    }
}
