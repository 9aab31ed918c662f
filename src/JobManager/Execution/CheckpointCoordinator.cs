using System.Collections.Immutable;
using Millrace.JobManager.Configuration;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>
/// When checkpoints of a running attempt are triggered, when one is complete and when it has failed (Carbone
/// et al. 2015). Takes facts, gives effects; the clock comes as an argument.
/// </summary>
/// <remarks>
/// A checkpoint is complete when every subtask's snapshot is durable, its metadata is durable and the event
/// is stored, in this order; only then do subtasks hear of it, since what they do then (a commit) can't be
/// taken back. Anything that arrives for a checkpoint that is not pending is late and changes nothing.
/// Failures are counted as in Flink: declined, expired, not writable; not what is subsumed or ends with its
/// attempt.
/// </remarks>
internal sealed partial class CheckpointCoordinator(
    ExecutionGraph graph, JobRecord record, CheckpointOptions options, string folder)
{
    private const int MaxSavepointRequests = 16;
    private const int ReserveIds = 100;

    private readonly SortedDictionary<long, PendingCheckpoint> _pending = [];
    private readonly Queue<SavepointRequest> _requests = new();
    private readonly CheckpointHistory _history = new(record);
    private readonly List<string> _garbage = [];
    private ExecutionGraph _graph = graph;
    private bool _isActive;
    private bool _wantsFinal;
    private int _failuresInARow;
    private DateTimeOffset _nextTrigger = DateTimeOffset.MaxValue;
    private DateTimeOffset _lastEnd = DateTimeOffset.MinValue;

    // A JobMaster before this one may have given out any number that it had reserved.
    private long _lastId = record.ReservedCheckpoints;

    public CheckpointHistory History => _history;

    public int PendingCount => _pending.Count;

    public bool IsPending(CheckpointId id) => _pending.ContainsKey(id.Value);

    /// <summary>A stop with savepoint is under way: nothing else is triggered.</summary>
    public bool IsStopping => _pending.Values.Any(p => p.StopsSources)
        || _requests.Any(r => r.Then == AfterSavepoint.Stop);

    /// <summary>The last checkpoint, that of a job without data to come, is complete.</summary>
    public bool IsFinalComplete { get; private set; }

    /// <summary>Set when more failed in a row than the job tolerates: the attempt must fail.</summary>
    public string? Intolerable { get; private set; }

    /// <summary>Checkpoints or savepoints are under way or wait.</summary>
    public bool IsBusy => _pending.Count > 0 || _requests.Count > 0;

    /// <summary>The latest that subtasks were told to be complete; null: none.</summary>
    public CheckpointId? LastNotified { get; private set; }

    /// <summary>The job's graph was replaced; nothing runs now.</summary>
    public void Use(ExecutionGraph graph) => _graph = graph;

    /// <summary>All subtasks run: checkpoints may begin.</summary>
    public void Start(DateTimeOffset now, List<JobEffect> effects)
    {
        _isActive = true;
        _wantsFinal = false;
        IsFinalComplete = false;
        Intolerable = null;
        _failuresInARow = 0;
        _lastEnd = DateTimeOffset.MinValue;
        if (options.Interval is { } interval) Schedule(now + interval, now, effects);
        TriggerWhatMay(now, effects);
    }

    /// <summary>
    /// A part of the job runs no more: what is pending fails with it, without being counted, and those who
    /// still run hear of it.
    /// </summary>
    public void Stop(DateTimeOffset now, string reason, List<JobEffect> effects)
    {
        Intolerable = null;
        if (!_isActive && _requests.Count == 0) return;
        _isActive = false;
        effects.Add(new StopTimer(new TimerKey(TimerKind.CheckpointDue, 0)));
        foreach (PendingCheckpoint pending in _pending.Values.ToList()) Abort(pending, now, reason, effects);
        while (_requests.TryDequeue(out SavepointRequest? request))
            effects.Add(new AnswerSavepoint(request.Id, null, ErrorKind.Unavailable, reason));
    }

    /// <summary>Queues a savepoint; it is triggered at once unless another one is under way.</summary>
    public void RequestSavepoint(SavepointRequest request, DateTimeOffset now, List<JobEffect> effects)
    {
        string? refusal = !_isActive ? "The job does not run now; ask again when it does."
            : IsStopping ? "A stop with savepoint is under way."
            : _wantsFinal ? "The job is about to finish."
            : _requests.Count >= MaxSavepointRequests ? $"{MaxSavepointRequests} savepoints wait already."
            : null;
        if (refusal is not null)
        {
            effects.Add(new AnswerSavepoint(request.Id, null, ErrorKind.Unavailable, refusal));
            return;
        }
        _requests.Enqueue(request);
        TriggerWhatMay(now, effects);
    }

    /// <summary>No subtask has data to come.</summary>
    /// <returns>
    /// False when no last checkpoint is needed: periodic ones are off, and no sink takes effect with one.
    /// </returns>
    public bool RequestFinal(DateTimeOffset now, List<JobEffect> effects)
    {
        if (options.Interval is null && !_graph.CommitsAtCheckpoints) return false;
        _wantsFinal = true;
        TriggerWhatMay(now, effects);
        return true;
    }

    public void OnDue(DateTimeOffset now, List<JobEffect> effects) => TriggerWhatMay(now, effects);

    public void OnSnapshot(
        CheckpointId id, SubtaskKey subtask, SubtaskSnapshot snapshot, List<JobEffect> effects)
    {
        if (!_pending.TryGetValue(id.Value, out PendingCheckpoint? pending)) return;
        if (pending.Acknowledge(subtask, snapshot) && pending.IsBeingCompleted)
            effects.Add(new WriteMetadata(pending.ToMetadata(_graph.Job.Name, _graph.Job.MaxParallelism)));
    }

    /// <summary>The folders of what was given up, once nothing writes there any more.</summary>
    public void SweepGarbage(List<JobEffect> effects)
    {
        if (_garbage.Count == 0) return;
        effects.Add(new DeleteFolders([.. _garbage]));
        _garbage.Clear();
    }

    /// <summary>A subtask could not write its snapshot.</summary>
    public void OnDeclined(CheckpointId id, string reason, DateTimeOffset now, List<JobEffect> effects)
    {
        if (_pending.TryGetValue(id.Value, out PendingCheckpoint? pending))
            Fail(pending, reason, now, effects);
    }

    public void OnMetadataFailed(
        CheckpointId id, string place, string reason, DateTimeOffset now, List<JobEffect> effects)
    {
        if (_pending.TryGetValue(id.Value, out PendingCheckpoint? pending))
            Fail(pending, reason, now, effects);
        _garbage.Add(place);
    }

    public void OnTimeout(CheckpointId id, DateTimeOffset now, List<JobEffect> effects)
    {
        if (_pending.TryGetValue(id.Value, out PendingCheckpoint? pending))
            Fail(pending, $"it was not complete after {options.Timeout.TotalSeconds:0.###} s", now, effects);
    }

    /// <returns>The checkpoint that is now complete; null when it was given up meanwhile.</returns>
    public PendingCheckpoint? OnMetadataWritten(
        CheckpointId id, string place, DateTimeOffset now, List<JobEffect> effects)
    {
        if (!_pending.TryGetValue(id.Value, out PendingCheckpoint? pending))
        {
            effects.Add(new DeleteFolders([place]));
            return null;
        }
        End(pending, now, effects);
        _failuresInARow = 0;
        foreach (PendingCheckpoint older in _pending.Values.Where(
            p => p.Id < id && p.Request is null).ToList())
            Abort(older, now, $"checkpoint {id} has overtaken it", effects);
        Complete(pending, now, effects);
        SweepGarbage(effects);
        // After some savepoints the job does not go on as it is.
        if (pending.Request is not { Then: AfterSavepoint.Cancel or AfterSavepoint.Rescale })
            TriggerWhatMay(now, effects);
        return pending;
    }

    private void Complete(PendingCheckpoint pending, DateTimeOffset now, List<JobEffect> effects)
    {
        ImmutableArray<string> superfluous =
            pending.IsForRestarts ? [.. record.Superfluous.Select(c => c.Folder)] : [];
        var taken = new CheckpointTaken
        {
            CheckpointId = pending.Id.Value,
            Savepoint = !pending.IsForRestarts,
            Folder = pending.Barrier.Folder,
            TriggeredAt = pending.TriggeredAt.ToUnixTimeMilliseconds(),
            DurationMs = (long)(now - pending.TriggeredAt).TotalMilliseconds,
            SizeBytes = pending.SizeBytes,
            Stops = pending.Barrier.StopsSources,
            Request = pending.Request?.Key ?? "",
        };
        record.Apply(taken);
        _history.Add(pending, now, failure: null);
        effects.Add(new Store(taken));
        // Side effects belong to checkpoints that a restart goes back to, so not to a savepoint on the way.
        if (pending.IsForRestarts || pending.StopsSources)
        {
            LastNotified = pending.Id;
            effects.Add(new NotifyCompleted(pending.Id));
        }
        if (!superfluous.IsEmpty) effects.Add(new DeleteFolders(superfluous));
        if (pending.Request is { Then: AfterSavepoint.GoOn } request)
            effects.Add(new AnswerSavepoint(request.Id, pending.Barrier.Folder, default, ""));
        IsFinalComplete |= pending.IsFinal;
    }

    private void Fail(PendingCheckpoint pending, string reason, DateTimeOffset now, List<JobEffect> effects)
    {
        Abort(pending, now, reason, effects);
        if (pending.StopsSources)
            Intolerable = $"Savepoint {pending.Id}, which was to stop the job, has failed: {reason}.";
        else if (pending.Request is null && ++_failuresInARow > options.TolerableFailures)
            Intolerable =
                $"Checkpoint {pending.Id} has failed ({options.TolerableFailures} failures in a row are "
                + $"tolerated): {reason}.";
        if (Intolerable is null) TriggerWhatMay(now, effects);
    }

    private void Abort(PendingCheckpoint pending, DateTimeOffset now, string reason, List<JobEffect> effects)
    {
        Drop(pending, now, reason, effects);
        _aborted.Add(new Aborted(pending.Id, now, now + FirstRepeat));
        effects.Add(new NotifyAborted(pending.Id));
    }

    private void Drop(PendingCheckpoint pending, DateTimeOffset now, string reason, List<JobEffect> effects)
    {
        End(pending, now, effects);
        _history.Add(pending, now, reason);
        // While metadata is being written the folder is still in use: its answer removes it.
        if (!pending.IsBeingCompleted) _garbage.Add(pending.Barrier.Folder);
        if (pending.Request is not { } request) return;
        string message = $"The savepoint has failed: {reason.TrimEnd('.')}.";
        effects.Add(new AnswerSavepoint(request.Id, null, ErrorKind.Unavailable, message));
    }

    private void End(PendingCheckpoint pending, DateTimeOffset now, List<JobEffect> effects)
    {
        _pending.Remove(pending.Id.Value);
        _lastEnd = now;
        effects.Add(new StopTimer(new TimerKey(TimerKind.CheckpointTimeout, pending.Id.Value)));
    }
}
