using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Google.Protobuf;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

internal sealed partial class JobMasterActor
{
    private void Execute(IReadOnlyList<JobEffect> effects) => Execute(effects, 0);

    private void Execute(IReadOnlyList<JobEffect> effects, int from)
    {
        int i = from;
        while (i < effects.Count && effects[i] is not Store) CarryOut(effects[i++]);
        if (i < effects.Count)
        {
            Persist(((Store)effects[i]).Event, stored =>
            {
                if (stored is FailureSeen seen) Tell(seen.Failure);
                Execute(effects, i + 1);
            });
            return;
        }
        TellWhenMoved();
        SnapshotWhenLong();
    }

    private void TellWhenMoved()
    {
        (JobState State, int Attempt) now = (_machine!.State, _record.Attempt);
        if (now == _told) return;
        _told = now;
        _log.Info("Job {0} ({1}): {2}, attempt {3}", _record.Submission!.Name, _job, now.State, now.Attempt);
        Context.Parent.Tell(new JobSummary
        {
            JobId = _job.Value,
            Name = _record.Submission.Name,
            State = (JobStateCode)now.State,
            Attempt = now.Attempt,
            Restarts = _record.Restarts,
        });
    }

    /// <summary>Why it moves, for who reads the log.</summary>
    private void Tell(ExceptionReport failure) => _log.Warning(
        "Job {0} ({1}), attempt {2}: {3}",
        _record.Submission!.Name, _job, failure.Attempt,
        failure.Origin.Length > 0 ? $"{failure.Origin}: {failure.Message}" : failure.Message);

    private void CarryOut(JobEffect effect)
    {
        switch (effect)
        {
            case RequestSlots e: AskForSlots(e.Count); break;
            case ReleaseSlots: GiveSlotsBack(); break;
            case ReadRestore e: Read(e); break;
            case DeployAttempt e: Deploy(e); break;
            case CancelAttempt e: Cancel(e); break;
            case FinishAll e: Finish(e); break;
            case InjectFailure e: Inject(e); break;
            case TriggerBarrier e: Trigger(e); break;
            case NotifyCompleted e: Notify(e); break;
            case NotifyAborted e: Notify(e); break;
            case WriteMetadata e: Write(e.Metadata); break;
            case DeleteFolders e: Delete(e.Folders); break;
            case SweepFolder e: Sweep(e); break;
            case StartTimer e: Timers.StartSingleTimer(e.Key, new TimerFired(e.Key), e.Delay); break;
            case StopTimer e: Timers.Cancel(e.Key); break;
            case AnswerSavepoint e: Answer(e); break;
            case AnswerRescale e: Answer(e); break;
            case AnnounceEnd: AnnounceWhenClean(isEnd: true); break;
            default:
                throw new MillraceException(ErrorKind.Bug, $"{effect.GetType().Name} is no effect of a job.");
        }
    }

    private void Read(ReadRestore read) => _options.Background(() =>
    {
        try
        {
            return new RestoreRead(read.Attempt, _store.ReadMetadata(read.Folder), null);
        }
        catch (MillraceException e)
        {
            return new RestoreRead(read.Attempt, null, e);
        }
        catch (Exception e)
        {
            string message = $"The checkpoint at {read.Folder} could not be read: {e.Message}";
            return new RestoreRead(
                read.Attempt, null, new MillraceException(ErrorKind.Unavailable, message, e));
        }
    }).PipeTo(Self);

    /// <summary>The first time after the checkpoint's folder is made, later at once.</summary>
    private void Trigger(TriggerBarrier trigger)
    {
        if (trigger.IsRepeated)
        {
            TellBarrier(trigger);
            return;
        }
        _folderChanges++;
        _options.Background(() =>
        {
            try
            {
                _store.CreateFolder(trigger.Barrier.Folder);
                return new FolderCreated(trigger, null);
            }
            catch (Exception e)
            {
                return new FolderCreated(trigger, e.Message);
            }
        }).PipeTo(Self);
    }

    private void OnFolderCreated(FolderCreated created)
    {
        _folderChanges--;
        if (created.Error is not null)
            Execute(_machine!.OnTriggerFailed(
                created.Trigger.Barrier.Checkpoint,
                $"its folder {created.Trigger.Barrier.Folder} could not be made: "
                + $"{created.Error.TrimEnd('.')}", Now));
        else if (_machine!.IsPending(created.Trigger.Barrier.Checkpoint))
        {
            _machine.OnBarrierTold(created.Trigger.Barrier.Checkpoint, Now);
            TellBarrier(created.Trigger);
        }
        else Delete([created.Trigger.Barrier.Folder]);
        AnnounceWhenClean(isEnd: false);
    }

    private void Write(CheckpointMetadata metadata) => _options.Background(() =>
    {
        try
        {
            _store.WriteMetadata(metadata);
            return new MetadataWritten(metadata, null);
        }
        catch (Exception e)
        {
            return new MetadataWritten(metadata, e.Message);
        }
    }).PipeTo(Self);

    private void Delete(ImmutableArray<string> folders)
    {
        _folderChanges++;
        _options.Background(() =>
        {
            foreach (string folder in folders) Delete(folder);
            return FoldersDeleted.Instance;
        }).PipeTo(Self);
    }

    private void Delete(string folder)
    {
        try
        {
            _store.Delete(folder);
        }
        catch (Exception e)
        {
            _log.Warning("Job {0}: {1} could not be removed: {2}", _job, folder, e.Message);
        }
    }

    private void Sweep(SweepFolder sweep)
    {
        _folderChanges++;
        _options.Background(() =>
        {
            try
            {
                _store.Sweep(sweep.Folder, sweep.Kept, sweep.UpTo);
            }
            catch (Exception e)
            {
                _log.Warning("Job {0}: {1} could not be swept: {2}", _job, sweep.Folder, e.Message);
            }
            return FoldersDeleted.Instance;
        }).PipeTo(Self);
    }

    private void Answer(AnswerRescale answer)
    {
        if (_savepointClients.Remove(answer.Request, out (string Key, IActorRef Client) asked))
            asked.Client.Tell(new JobRescaled
            {
                JobId = _job.Value,
                Parallelism = answer.Parallelism,
                Path = answer.Path,
            });
    }

    private void Answer(AnswerSavepoint answer)
    {
        if (!_savepointClients.Remove(answer.Request, out (string Key, IActorRef Client) asked)) return;
        if (answer.Path is not null) asked.Client.Tell(new SavepointDone { Path = answer.Path });
        else
            asked.Client.Tell(new RequestFailed
            {
                Kind = (FailureKind)answer.Kind,
                Message = answer.Message,
            });
    }

    /// <summary>Watches the slots that the job holds, and releases those that it holds no more.</summary>
    private void FollowSlots()
    {
        ImmutableArray<Slot> held = [.. _machine!.Slots.Held];
        foreach (Slot slot in _watched.Except(held))
        {
            slot.Actor.Tell(new ReleaseSlot { JobId = _job.Value, Term = _term });
            Context.Unwatch(slot.Actor);
        }
        foreach (Slot slot in held.Except(_watched)) Context.Watch(slot.Actor);
        _watched = held;
    }

    private void AskForSlots(int count)
    {
        FollowSlots();
        NodeNeeds needs = NodeNeeds.OfTaskManager(_machine!.Options.Resources);
        Context.Parent.Tell(new SlotsWanted(_job, _sequence, count, needs, [.. _watched.Select(s => s.Id)])
        {
            LastNodes = _record.Nodes,
            Number = ++_slotRequest,
        });
    }

    private void GiveSlotsBack()
    {
        FollowSlots();
        Context.Parent.Tell(new SlotsReleased(_job));
    }

    private void AnnounceWhenClean(bool isEnd)
    {
        _hasEnded |= isEnd;
        if (_hasEnded && _folderChanges == 0) Announce();
    }

    private void Announce()
    {
        JobReport report = _reporter!.Report();
        foreach (IActorRef waiter in _waiters) waiter.Tell(report);
        _waiters.Clear();
        Context.Parent.Tell(new JobEndReported(_job, report));
    }

    private void SnapshotWhenLong()
    {
        if (LastSequenceNr - _lastSnapshot < EventsPerSnapshot || _machine!.State.IsTerminal()) return;
        _lastSnapshot = LastSequenceNr;
        SaveSnapshot(_record.ToSnapshot());
    }
}
