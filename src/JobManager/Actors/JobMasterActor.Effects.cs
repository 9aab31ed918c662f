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
            Persist(((Store)effects[i]).Event, _ => Execute(effects, i + 1));
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

    private void CarryOut(JobEffect effect)
    {
        switch (effect)
        {
            case RequestSlots e: AskForSlots(e.Count); break;
            case ReleaseSlots: GiveSlotsBack(); break;
            case ReadRestore e: Read(e); break;
            case DeployAttempt e: DeployAll(e); break;
            case CancelAll e: Cancel(e.Attempt); break;
            case FinishAll e: Finish(e.Attempt); break;
            case InjectFailure e: Inject(e); break;
            case TriggerBarrier e: Trigger(e); break;
            case NotifyCompleted e: Notify(e); break;
            case NotifyAborted e: Notify(e); break;
            case WriteMetadata e: Write(e.Metadata); break;
            case DeleteFolders e: Delete(e.Folders); break;
            case StartTimer e: Timers.StartSingleTimer(e.Key, new TimerFired(e.Key), e.Delay); break;
            case StopTimer e: Timers.Cancel(e.Key); break;
            case AnswerSavepoint e: Answer(e); break;
            case AnnounceEnd: AnnounceWhenClean(isEnd: true); break;
            default:
                throw new MillraceException(ErrorKind.Bug, $"{effect.GetType().Name} is no effect of a job.");
        }
    }

    private void TellSlots(IMessage message)
    {
        foreach (Slot slot in _machine!.Slots) slot.Actor.Tell(message);
    }

    private void DeployAll(DeployAttempt deploy)
    {
        ImmutableArray<Slot> slots = deploy.Table.Slots;
        var ranges = slots.Select((slot, i) => new SlotRange
        {
            SlotId = slot.Id,
            FirstKeyGroup = deploy.Table.RangeOf(i).First,
            LastKeyGroup = deploy.Table.RangeOf(i).Last,
            Exchange = slot.Exchange,
        }).ToList();
        ILookup<int, SubtaskKey> byIndex = _machine!.Graph.Subtasks.ToLookup(k => k.Index);
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i].Actor.Tell(new DeploySubtasks
            {
                JobId = _job.Value,
                Attempt = deploy.Attempt,
                Graph = _graphBytes,
                Subtasks = { byIndex[i].Select(Ref) },
                Restore = deploy.Restore is null ? null : CheckpointCodec.ToMessage(deploy.Restore),
                Table = { ranges },
            });
        }
    }

    private void Trigger(TriggerBarrier trigger)
    {
        var message = new TriggerCheckpoint
        {
            JobId = _job.Value,
            Attempt = trigger.Attempt,
            CheckpointId = trigger.Barrier.Checkpoint.Value,
            Folder = trigger.Barrier.Folder,
            Savepoint = trigger.Barrier.IsSavepoint,
            StopsSources = trigger.Barrier.StopsSources,
            AlignmentLimitMs = (long)(trigger.Barrier.AlignmentLimit?.TotalMilliseconds ?? 0),
        };
        TellSlots(message);
    }

    private void Cancel(int attempt) =>
        TellSlots(new CancelSubtasks { JobId = _job.Value, Attempt = attempt });

    private void Finish(int attempt) =>
        TellSlots(new FinishSubtasks { JobId = _job.Value, Attempt = attempt });

    private void Notify(NotifyCompleted completed) => TellSlots(new CheckpointCompleted
    {
        JobId = _job.Value,
        Attempt = completed.Attempt,
        CheckpointId = completed.Checkpoint.Value,
    });

    private void Notify(NotifyAborted aborted) => TellSlots(new CheckpointAborted
    {
        JobId = _job.Value,
        Attempt = aborted.Attempt,
        CheckpointId = aborted.Checkpoint.Value,
    });

    private void Inject(InjectFailure failure) =>
        _machine!.Slots[failure.Subtask.Index].Actor.Tell(new FailSubtaskInSlot
        {
            JobId = _job.Value,
            Attempt = failure.Attempt,
            Subtask = Ref(failure.Subtask),
            Reason = failure.Reason,
        });

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
        _deletions++;
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

    private void Answer(AnswerSavepoint answer)
    {
        if (!_savepointClients.Remove(answer.Request, out IActorRef? client)) return;
        if (answer.Path is not null) client.Tell(new SavepointDone { Path = answer.Path });
        else client.Tell(new RequestFailed { Kind = (FailureKind)answer.Kind, Message = answer.Message });
    }

    private void Watch(ImmutableArray<Slot> slots)
    {
        foreach (Slot slot in _watched) Context.Unwatch(slot.Actor);
        _watched = slots;
        foreach (Slot slot in slots) Context.Watch(slot.Actor);
    }

    private void AskForSlots(int count)
    {
        LeaveSlots();
        NodeNeeds needs = NodeNeeds.OfTaskManager(_machine!.Options.Resources);
        Context.Parent.Tell(new SlotsWanted(_job, _sequence, count, needs) { LastNodes = _record.Nodes });
    }

    private void GiveSlotsBack()
    {
        LeaveSlots();
        Context.Parent.Tell(new SlotsReleased(_job));
    }

    private void LeaveSlots()
    {
        foreach (Slot slot in _watched) slot.Actor.Tell(new ReleaseSlot { JobId = _job.Value });
        Watch([]);
    }

    private void AnnounceWhenClean(bool isEnd)
    {
        _hasEnded |= isEnd;
        if (_hasEnded && _deletions == 0) Announce();
    }

    private void Announce()
    {
        JobReport report = _reporter!.Report("");
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

    private static SubtaskRef Ref(SubtaskKey key) => new() { Vertex = key.Vertex, Subtask = key.Index };
}
