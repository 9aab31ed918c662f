using System.Collections.Immutable;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>How regions get slots, start, fail and stop.</summary>
internal sealed partial class JobMachine
{
    /// <summary>
    /// Deploys what has its slots, and asks for those that are missing. A job of which nothing runs gives its
    /// slots back first: two jobs that each hold a part of what both need would wait for each other. A job
    /// that was just rescaled is deployed as a whole, so that its attempt replaces every subtask of the graph
    /// before.
    /// </summary>
    private void DeployReady(DateTimeOffset now)
    {
        if (_ending is not null) return;
        List<Region> ready = [.. _graph.Regions.Where(r => r.Phase == RegionPhase.Ready)];
        if (ready.Count == 0 || (_record.IsFreshlyRescaled && ready.Count < _graph.Regions.Length)) return;
        if (!_graph.IsAlive && _slots.Missing > 0) _slots.Clear();
        List<Region> supplied = [.. ready.Where(_slots.HasAllOf)];
        if (supplied.Count > 0) BeginAttempt(supplied, now);
        if (supplied.Count < ready.Count && !IsWaitingForSlots && _ending is null) AskForSlots();
    }

    private void AskForSlots()
    {
        IsWaitingForSlots = true;
        _effects.Add(new RequestSlots(_slots.Missing));
        _effects.Add(new StartTimer(new TimerKey(TimerKind.SlotTimeout, 0), _options.SlotTimeout));
    }

    private void StopWaiting()
    {
        IsWaitingForSlots = false;
        Wait = "";
        _effects.Add(new StopTimer(new TimerKey(TimerKind.SlotTimeout, 0)));
    }

    /// <summary>That there were no slots in time counts as a failure.</summary>
    private void OnNoSlots(DateTimeOffset now)
    {
        string lacks = Wait.Length > 0 ? Wait : $"needs {_slots.Missing} more slots";
        StopWaiting();
        _effects.Add(new RequestSlots(0));
        FailRegions(
            [.. _graph.Regions.Where(r => r.Phase == RegionPhase.Ready)], ErrorKind.Unavailable, "",
            $"No slots came within {_options.SlotTimeout.TotalSeconds:0.###} s (runtime.slot_timeout): "
            + $"the job {lacks}.",
            now);
    }

    private void BeginAttempt(List<Region> regions, DateTimeOffset now)
    {
        int attempt = _record.Attempt + 1;
        int restarts = regions.Sum(r => r.PendingRestarts);
        var started = new AttemptStarted
        {
            Attempt = attempt,
            At = now.ToUnixTimeMilliseconds(),
            IsRestart = restarts > 0,
            Restarts = restarts,
            Nodes = { _slots.Held.Select(s => s.Node).Distinct() },
        };
        started.Region.AddRange(
            ReplacedBy(regions).Select(k => new SubtaskRef { Vertex = k.Vertex, Subtask = k.Index }));
        Remember(started);
        SweepLeftovers();
        foreach (Region region in regions) region.BeginAttempt(attempt);
        ReadRestoreOrDeploy(attempt, regions, now);
    }

    /// <returns>Empty: the whole job.</returns>
    private ImmutableArray<SubtaskKey> ReplacedBy(List<Region> regions) =>
        regions.Count == _graph.Regions.Length ? [] : [.. regions.SelectMany(r => r.Subtasks)];

    /// <summary>The last good checkpoint, else the one that the job was submitted with, else none.</summary>
    private void ReadRestoreOrDeploy(int attempt, List<Region> regions, DateTimeOffset now)
    {
        CheckpointTaken? from = _record.StoppedWith ?? _record.Retained.LastOrDefault();
        foreach (Region region in regions) region.RestoredFrom = from;
        string folder = from?.Folder ?? _record.Submission!.RestorePath;
        if (from is not null || (folder.Length > 0 && !_record.HasLostAllCheckpoints))
            _effects.Add(new ReadRestore(attempt, folder));
        else if (_record.HasLostAllCheckpoints)
            FailRegions(
                regions, ErrorKind.Invalid, "", "No complete checkpoint is left that is not damaged.", now);
        else
            Deploy(attempt, regions, null, now);
    }

    private MillraceException? Verify(CheckpointMetadata metadata)
    {
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

    private void Deploy(int attempt, List<Region> regions, CheckpointMetadata? restore, DateTimeOffset now)
    {
        foreach (Region region in regions) _graph.Deploy(region);
        _isFinishing = false;
        var deploy = new DeployAttempt(
            attempt,
            _slots.ToTable(_graph.Job.MaxParallelism),
            restore,
            [.. regions.SelectMany(r => r.Subtasks)],
            ReplacedBy(regions))
        {
            ReadsNothing = _record.IsStopped,
            LastCheckpoint = _record.LastCheckpoint,
        };
        _effects.Add(deploy);
        Expect(deploy, now);
    }

    private void BecomeRunning(DateTimeOffset now)
    {
        _graph.MoveTo(JobState.Running);
        RunningSince ??= now;
        ForgetDeployments();
        _checkpoints.Start(now, _effects);
    }

    /// <summary>
    /// The regions begin anew, or the job ends. All of them must when a part of the job has finished for good
    /// or has been told to read no more: what the checkpoint to start from does not know can't be joined to
    /// it again. So they must as long as the job is freshly rescaled.
    /// </summary>
    private void FailRegions(
        List<Region> regions, ErrorKind kind, string origin, string message, DateTimeOffset now)
    {
        if (_ending is not null) return;
        AfterStop next = Next(regions, kind, origin, message, now);
        Remember(new FailureSeen { Failure = Failure(regions, kind, origin, message, now) });
        if (next is not AfterStop.Restart restart)
        {
            EndAfterStop(next, message, now);
            return;
        }
        if (IsRestoreDamage(regions, kind)) Drop(regions[0].RestoredFrom!, message);
        bool isForAll = _isFinishing || _checkpoints.IsStopping || _checkpoints.Intolerable is not null
            || _record.IsFreshlyRescaled;
        _graph.MoveTo(JobState.Restarting);
        _isFinishing = false;
        _checkpoints.Stop(now, message, _effects);
        if (isForAll) regions = [.. _graph.Regions.Where(r => r.IsAlive).Union(regions)];
        foreach (Region region in regions)
            if (region.Phase != RegionPhase.Stopping)
            {
                StopRegion(region, restart, now);
                restart = restart with { IsCounted = false };
            }
    }

    private void StopRegion(Region region, AfterStop.Restart? restart, DateTimeOffset now)
    {
        region.Stop(restart);
        if (region.Phase == RegionPhase.Waiting || region.HaveAllStopped)
        {
            AfterRegionStopped(region, now);
            return;
        }
        _effects.Add(new CancelAttempt(region.Attempt, region.Subtasks));
        _effects.Add(new StartTimer(new TimerKey(TimerKind.StopTimeout, region.Index), _stopTimeout));
    }

    private void AfterRegionStopped(Region region, DateTimeOffset now)
    {
        region.HasStopped();
        _effects.Add(new StopTimer(new TimerKey(TimerKind.StopTimeout, region.Index)));
        if (!_graph.IsAlive) _checkpoints.SweepGarbage(_effects);
        if (_ending is not null)
        {
            if (!_graph.IsAlive) EndNow(now);
        }
        else if (region.Restart is { } restart)
        {
            _effects.Add(new StartTimer(new TimerKey(TimerKind.RestartDue, region.Index), restart.Delay));
        }
    }

    private AfterStop Next(
        List<Region> regions, ErrorKind kind, string origin, string message, DateTimeOffset now)
    {
        string cause = origin.Length == 0 ? message : $"{origin}: {message}";
        AfterStop final = Final(cause);
        if (IsRestoreDamage(regions, kind))
            return _record.IsStopped || regions[0].RestoredFrom is null
                ? final
                : new AfterStop.Restart(TimeSpan.Zero, false);
        if (kind == ErrorKind.Invalid) return final;
        int restarts = _record.Restarts + _graph.PendingRestarts;
        RestartDecision decision = _restarts.OnFailure(restarts, now);
        return decision.Delay is { } delay ? new AfterStop.Restart(delay, true)
            : _record.IsStopped ? final
            : new AfterStop.Fail($"{cause} (no restart: {decision.Reason})");
    }

    /// <summary>
    /// A job that has stopped with a savepoint has done its work, unless some of it is still to be committed.
    /// </summary>
    private AfterStop Final(string cause)
    {
        if (_record.StoppedWith is not { } savepoint) return new AfterStop.Fail(cause);
        return _graph.CommitsAtCheckpoints
            ? new AfterStop.Fail(
                $"{cause} The savepoint {savepoint.Folder} is complete, but its output is not committed: start "
                + "the job from it.")
            : new AfterStop.Finish();
    }

    private static bool IsForTheStrategy(ErrorKind kind) =>
        kind is not (ErrorKind.Invalid or ErrorKind.Corrupt);

    /// <summary>A subtask that opens has found its checkpoint damaged.</summary>
    private static bool IsRestoreDamage(List<Region> regions, ErrorKind kind) =>
        kind == ErrorKind.Corrupt && !regions[0].HasRun;

    private void SetAside(CheckpointTaken damaged, string message, DateTimeOffset now)
    {
        Remember(new FailureSeen { Failure = Failure([], ErrorKind.Corrupt, "", message, now) });
        Drop(damaged, message);
    }

    private void Drop(CheckpointTaken damaged, string message)
    {
        if (_record.Retained.Any(c => c.CheckpointId == damaged.CheckpointId))
            Remember(new CheckpointDropped { CheckpointId = damaged.CheckpointId, Damage = message });
    }

    private ExceptionReport Failure(
        List<Region> regions, ErrorKind kind, string origin, string message, DateTimeOffset now) => new()
        {
            At = now.ToUnixTimeMilliseconds(),
            Attempt = regions.Count == 1 ? regions[0].Attempt : _record.Attempt,
            Kind = (FailureKind)kind,
            Origin = origin,
            Message = message,
        };
}
