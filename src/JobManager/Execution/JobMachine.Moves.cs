using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>What happens once all subtasks of an attempt have stopped.</summary>
internal abstract record AfterStop
{
    public sealed record Restart(TimeSpan Delay, bool IsCounted) : AfterStop;

    public sealed record Fail(string Reason) : AfterStop;

    public sealed record Cancel : AfterStop;

    public sealed record Finish : AfterStop;
}

internal sealed partial class JobMachine
{
    private AfterStop? _afterStop;

    private bool IsStopping => _afterStop is not null;

    private void AskForSlots()
    {
        IsWaitingForSlots = true;
        _slots = [];
        _effects.Add(new RequestSlots(SlotCount));
    }

    private void BeginAttempt(DateTimeOffset now)
    {
        Remember(new AttemptStarted
        {
            Attempt = _record.Attempt + 1,
            At = now.ToUnixTimeMilliseconds(),
            IsRestart = _isRestart,
            Nodes = { _slots.Select(s => s.Node).Distinct() },
        });
        _isRestart = false;
        ReadRestoreOrDeploy(now);
    }

    /// <summary>The last good checkpoint, else the one that the job was submitted with, else none.</summary>
    private void ReadRestoreOrDeploy(DateTimeOffset now)
    {
        _restoredFrom = _record.Retained.LastOrDefault();
        string folder = _restoredFrom?.Folder ?? _record.Submission!.RestorePath;
        _isAwaitingRestore = _restoredFrom is not null
            || (folder.Length > 0 && !_record.HasLostAllCheckpoints);
        if (_isAwaitingRestore)
            _effects.Add(new ReadRestore(_record.Attempt, folder));
        else if (_record.HasLostAllCheckpoints)
            FailAttempt(ErrorKind.Invalid, "", "No complete checkpoint is left that is not damaged.", now);
        else
            DeployAll(null, now);
    }

    private MillraceException? Verify(CheckpointMetadata metadata)
    {
        if (_restoredFrom is not null) return null;
        try
        {
            RestoreCheck.Verify(metadata, _graph.Job, _record.Submission!.AllowNonRestoredState);
            return null;
        }
        catch (MillraceException e)
        {
            return e;
        }
    }

    private void DeployAll(CheckpointMetadata? restore, DateTimeOffset now)
    {
        if (_hasLostSlots)
        {
            FailAttempt(ErrorKind.Unavailable, "", "A slot was lost before the subtasks were deployed.", now);
            return;
        }
        _graph.BeginAttempt();
        _isFinishing = false;
        _effects.Add(new DeployAttempt(
            _record.Attempt, new Scheduling.SlotTable(_slots, _graph.Job.MaxParallelism), restore));
    }

    private void BecomeRunning(DateTimeOffset now)
    {
        _graph.MoveTo(JobState.Running);
        RunningSince ??= now;
        _checkpoints.Start(_record.Attempt, now, _effects);
    }

    /// <summary>
    /// When no data is to come, or after the savepoint of a stop: a last checkpoint if there are checkpoints,
    /// then the end.
    /// </summary>
    private void FinishIfEnded(DateTimeOffset now)
    {
        if (State != JobState.Running || !(_graph.HaveAllEnded || _record.IsStopped)) return;
        if (_graph.HaveAllFinished && _isFinishing)
        {
            _graph.EndAttempt();
            End(JobState.Finished, "", now);
            return;
        }
        if (_isFinishing) return;
        bool isCovered = _record.IsStopped || _checkpoints.IsFinalComplete;
        if (!isCovered && (_checkpoints.IsBusy || _checkpoints.RequestFinal(now, _effects))) return;
        _isFinishing = true;
        _checkpoints.Stop(now, "The job has finished.", _effects);
        _effects.Add(new FinishAll(_record.Attempt));
    }

    private void AfterCheckpointChange(DateTimeOffset now)
    {
        if (IsStopping || State != JobState.Running) return;
        if (_checkpoints.Intolerable is { } reason) FailAttempt(ErrorKind.Unavailable, "", reason, now);
        else FinishIfEnded(now);
    }

    private void FailAttempt(ErrorKind kind, string origin, string message, DateTimeOffset now)
    {
        _isAwaitingRestore = false;
        AfterStop next = Next(kind, origin, message, now);
        Remember(new FailureSeen { Failure = Failure(kind, origin, message, now) });
        if (kind == ErrorKind.Corrupt && _restoredFrom is not null && State != JobState.Running)
            Remember(new CheckpointDropped { CheckpointId = _restoredFrom.CheckpointId, Damage = message });
        if (next is AfterStop.Restart) _graph.MoveTo(JobState.Restarting);
        else if (next is AfterStop.Fail) _graph.MoveTo(JobState.Failing);
        StopAttempt(next, message, now);
    }

    private AfterStop Next(ErrorKind kind, string origin, string message, DateTimeOffset now)
    {
        if (_record.IsStopped) return new AfterStop.Finish();
        string cause = origin.Length == 0 ? message : $"{origin}: {message}";
        if (kind == ErrorKind.Corrupt && State != JobState.Running)
            return _restoredFrom is null
                ? new AfterStop.Fail(cause)
                : new AfterStop.Restart(TimeSpan.Zero, false);
        if (kind == ErrorKind.Invalid) return new AfterStop.Fail(cause);
        RestartDecision decision = _restarts.OnFailure(_record.Restarts, now);
        return decision.Delay is { } delay
            ? new AfterStop.Restart(delay, true)
            : new AfterStop.Fail($"{cause} (no restart: {decision.Reason})");
    }

    private void SetAside(CheckpointTaken damaged, string message, DateTimeOffset now)
    {
        Remember(new FailureSeen { Failure = Failure(ErrorKind.Corrupt, "", message, now) });
        Remember(new CheckpointDropped { CheckpointId = damaged.CheckpointId, Damage = message });
    }

    private void StopAttempt(AfterStop next, string reason, DateTimeOffset now)
    {
        _afterStop = next;
        _isAwaitingRestore = false;
        _checkpoints.Stop(now, reason, _effects);
        if (!_graph.IsDeployed || _graph.HaveAllStopped)
        {
            AfterStopped(now);
            return;
        }
        _effects.Add(new CancelAll(_record.Attempt));
        _effects.Add(new StartTimer(new TimerKey(TimerKind.StopTimeout, _record.Attempt), _stopTimeout));
    }

    private void AfterStopped(DateTimeOffset now)
    {
        AfterStop next = _afterStop!;
        _afterStop = null;
        _graph.EndAttempt();
        _checkpoints.SweepGarbage(_effects);
        _effects.Add(new StopTimer(new TimerKey(TimerKind.StopTimeout, _record.Attempt)));
        switch (next)
        {
            case AfterStop.Restart restart:
                _isRestart = restart.IsCounted;
                _effects.Add(
                    new StartTimer(new TimerKey(TimerKind.RestartDue, _record.Attempt), restart.Delay));
                break;
            case AfterStop.Fail fail: End(JobState.Failed, fail.Reason, now); break;
            case AfterStop.Cancel: End(JobState.Canceled, "", now); break;
            default: End(JobState.Finished, "", now); break;
        }
    }

    /// <summary>On the slots that the job has, or on others where one is gone.</summary>
    private void Redeploy(DateTimeOffset now)
    {
        if (_hasLostSlots || _slots.IsEmpty) AskForSlots();
        else BeginAttempt(now);
    }

    private void End(JobState state, string reason, DateTimeOffset now)
    {
        _graph.MoveTo(state);
        IsWaitingForSlots = false;
        if (_stopRequest is { } request)
            _effects.Add(new AnswerSavepoint(request, _stopPath, default, ""));
        _stopRequest = null;
        Remember(
            new JobEnded { State = (JobStateCode)state, Reason = reason, At = now.ToUnixTimeMilliseconds() });
        _effects.Add(new ReleaseSlots());
        CleanUp(state);
        _effects.Add(new AnnounceEnd());
    }

    /// <summary>Removes the checkpoints that the end of the job does not leave behind.</summary>
    private void CleanUp(JobState end)
    {
        bool keepsCheckpoints = end switch
        {
            JobState.Canceled =>
                _options.Checkpoint.Cleanup == Configuration.CheckpointCleanup.RetainOnCancellation,
            JobState.Failed => _options.Checkpoint.Cleanup != Configuration.CheckpointCleanup.DeleteAlways,
            _ => false,
        };
        _checkpoints.SweepGarbage(_effects);
        if (!keepsCheckpoints) _effects.Add(new DeleteFolders([_folder]));
    }

    /// <summary>Puts a recovered job into the end that is stored, by a way that the table allows.</summary>
    private void Replay(JobState end)
    {
        _graph.MoveTo(end switch
        {
            JobState.Failed => JobState.Failing,
            JobState.Canceled => JobState.Cancelling,
            _ => JobState.Running,
        });
        _graph.MoveTo(end);
    }

    private ExceptionReport Failure(ErrorKind kind, string origin, string message, DateTimeOffset now) =>
        new()
        {
            At = now.ToUnixTimeMilliseconds(),
            Attempt = _record.Attempt,
            Kind = (FailureKind)kind,
            Origin = origin,
            Message = message,
        };
}
