using Millrace.Shared.Dataflow;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>What is triggered next, and when.</summary>
internal sealed partial class CheckpointCoordinator
{
    /// <summary>Where there are no periodic checkpoints.</summary>
    private static readonly TimeSpan FinalRetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Savepoints first, then the last checkpoint, then what is due by the interval.</summary>
    private void TriggerWhatMay(DateTimeOffset now, List<JobEffect> effects)
    {
        if (!_isActive || record.IsStopped || IsFinalComplete) return;
        if (_pending.Values.Any(p => p.IsLast)) return;
        while (_pending.Count < options.MaxConcurrent && _requests.TryDequeue(out SavepointRequest? request))
        {
            Trigger(now, request, isFinal: false, effects);
            if (request.IsLast) return;
        }
        if (_pending.Count >= options.MaxConcurrent) return;
        if (_wantsFinal) TriggerFinal(now, effects);
        else if (options.Interval is { } interval) TriggerPeriodic(now, interval, effects);
    }

    /// <summary>Waits for what is pending; after a failure, as long as between two checkpoints.</summary>
    private void TriggerFinal(DateTimeOffset now, List<JobEffect> effects)
    {
        if (_pending.Count > 0) return;
        TimeSpan interval = options.Interval ?? FinalRetryPause;
        if (_failuresInARow > 0 && now < _lastEnd + interval) Schedule(_lastEnd + interval, now, effects);
        else Trigger(now, null, isFinal: true, effects);
    }

    private void TriggerPeriodic(DateTimeOffset now, TimeSpan interval, List<JobEffect> effects)
    {
        DateTimeOffset rested = _lastEnd == DateTimeOffset.MinValue ? now : _lastEnd + options.MinPause;
        DateTimeOffset earliest = Later(_nextTrigger, rested);
        if (now >= earliest)
        {
            Trigger(now, null, isFinal: false, effects);
            earliest = now + interval;
        }
        Schedule(earliest, now, effects);
    }

    private void Trigger(DateTimeOffset now, SavepointRequest? request, bool isFinal, List<JobEffect> effects)
    {
        var id = new CheckpointId(++_lastId);
        if (id.Value > record.ReservedCheckpoints)
        {
            var reserved = new CheckpointIdsReserved { UpTo = id.Value + ReserveIds - 1 };
            record.Apply(reserved);
            effects.Add(new Store(reserved));
        }
        string place = request is null or { Then: AfterSavepoint.Rescale }
            ? Path.Combine(folder, $"chk-{id}")
            : Path.Combine(request.Target, $"savepoint-{request.ShortJob}-{id}");
        if (request is not null && request.Then != AfterSavepoint.Rescale)
        {
            var begun = new SavepointBegun { CheckpointId = id.Value, Folder = place };
            record.Apply(begun);
            effects.Add(new Store(begun));
        }
        var barrier = new Barrier(id, place, request is not null, request?.Then == AfterSavepoint.Stop)
        {
            // A savepoint is always aligned: it can be restored at any parallelism.
            AlignmentLimit = request is null && options.AlignedTimeout > TimeSpan.Zero
                ? options.AlignedTimeout
                : null,
        };
        _pending.Add(id.Value, new PendingCheckpoint(barrier, now, request, isFinal, _graph.Subtasks)
        {
            RepeatPause = FirstRepeat,
        });
        effects.Add(new StartTimer(new TimerKey(TimerKind.CheckpointTimeout, id.Value), options.Timeout));
        effects.Add(new TriggerBarrier(barrier));
    }

    private void Schedule(DateTimeOffset at, DateTimeOffset now, List<JobEffect> effects)
    {
        _nextTrigger = at;
        TimeSpan delay = at > now ? at - now : TimeSpan.Zero;
        effects.Add(new StartTimer(new TimerKey(TimerKind.CheckpointDue, 0), delay));
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
