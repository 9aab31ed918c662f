using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>How the job ends, or goes on with another graph: when all its subtasks have stopped.</summary>
internal sealed partial class JobMachine
{
    public IReadOnlyList<JobEffect> Cancel(DateTimeOffset now)
    {
        CancelNow(now);
        return Take();
    }

    private void CancelNow(DateTimeOffset now)
    {
        if (State.IsTerminal() || State is JobState.Cancelling or JobState.Failing) return;
        Remember(new CancelRequested { At = now.ToUnixTimeMilliseconds() });
        EndAfterStop(new AfterStop.Cancel(), "The job was canceled.", now);
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
            foreach (Region region in _graph.Regions) region.HasStopped();
            End(JobState.Finished, "", now);
            return;
        }
        if (_isFinishing) return;
        bool isCovered = _record.IsStopped || _checkpoints.IsFinalComplete;
        // Asked for also while others are under way: the next one must be the last, not one by the interval.
        if (!isCovered && (_checkpoints.RequestFinal(now, _effects) || _checkpoints.IsBusy)) return;
        _isFinishing = true;
        _checkpoints.Stop(now, "The job has finished.", _effects);
        _finishToldAt = now;
        _effects.Add(new FinishAll(LastCompleted));
    }

    /// <summary>All subtasks stop, wherever their regions are.</summary>
    private void EndAfterStop(AfterStop next, string reason, DateTimeOffset now)
    {
        _ending = next;
        if (next is AfterStop.Fail) _graph.MoveTo(JobState.Failing);
        else if (next is AfterStop.Cancel) _graph.MoveTo(JobState.Cancelling);
        else if (next is AfterStop.Replace) _graph.MoveTo(JobState.Restarting);
        if (IsWaitingForSlots) StopWaiting();
        _checkpoints.Stop(now, reason, _effects);
        foreach (Region region in _graph.Regions)
        {
            _effects.Add(new StopTimer(new TimerKey(TimerKind.RestartDue, region.Index)));
            if (region.Phase == RegionPhase.Deployed && !region.HaveAllStopped) StopRegion(region, null, now);
            else if (region.Phase != RegionPhase.Stopping) region.HasStopped();
        }
        if (_ending is not null && !_graph.IsAlive) EndNow(now);
    }

    private void EndNow(DateTimeOffset now)
    {
        AfterStop next = _ending!;
        if (next is AfterStop.Replace replace)
        {
            _ending = null;
            Replace(replace.Graph, now);
            return;
        }
        switch (next)
        {
            case AfterStop.Fail fail: End(JobState.Failed, fail.Reason, now); break;
            case AfterStop.Cancel: End(JobState.Canceled, "", now); break;
            default: End(JobState.Finished, "", now); break;
        }
    }

    private void Replace(Shared.Graph.JobGraph graph, DateTimeOffset now)
    {
        _graph = new ExecutionGraph(graph, State);
        _checkpoints.Use(_graph);
        _checkpoints.SweepGarbage(_effects);
        _slots = new Scheduling.SlotAssignment(_graph.SlotCount);
        ForgetAllReports();
        DeployReady(now);
    }

    private void End(JobState state, string reason, DateTimeOffset now)
    {
        // Its savepoint is complete: a stopped job finishes wherever it is.
        if (state == JobState.Finished) _graph.MoveTo(JobState.Running);
        _graph.MoveTo(state);
        if (IsWaitingForSlots) StopWaiting();
        if (_stopRequest is { } request)
            _effects.Add(new AnswerSavepoint(request, _record.StoppedWith!.Folder, default, ""));
        _stopRequest = null;
        _effects.Add(new StopTimer(new TimerKey(TimerKind.RepeatDue, 0)));
        Remember(
            new JobEnded { State = (JobStateCode)state, Reason = reason, At = now.ToUnixTimeMilliseconds() });
        _slots.Clear();
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
        if (!keepsCheckpoints || _record.Retained.IsEmpty) _effects.Add(new DeleteFolders([_folder]));
        else _effects.Add(new SweepFolder(_folder, RetainedFolders, long.MaxValue));
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
}
