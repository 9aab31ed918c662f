using System.Collections.Immutable;
using Google.Protobuf;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>
/// All that a JobMaster decides, without an actor: takes a fact, gives the effects to carry out in order.
/// This file holds the facts; JobMachine.Moves.cs what follows from them.
/// </summary>
/// <remarks>
/// An attempt: slots are granted, its number is stored, the checkpoint to start from is read, all subtasks
/// are deployed. It is Running when all have reported so. When one fails, all are canceled, and after the
/// last has stopped (or was given up) the next attempt begins, or the job ends. A fact that names another
/// attempt is late and changes nothing. A job without data to come takes a last checkpoint and finishes after
/// it.
/// </remarks>
internal sealed partial class JobMachine
{
    private readonly JobRecord _record;
    private readonly ExecutionGraph _graph;
    private readonly CheckpointCoordinator _checkpoints;
    private readonly IRestartStrategy _restarts;
    private readonly JobOptions _options;
    private readonly string _folder;
    private readonly TimeSpan _stopTimeout;
    private readonly List<JobEffect> _effects = [];
    private ImmutableArray<Slot> _slots = [];
    private bool _hasLostSlots;
    private bool _isRestart;
    private bool _isAwaitingRestore;
    private bool _isFinishing;
    private CheckpointTaken? _restoredFrom;
    private int? _stopRequest;
    private string _stopPath = "";

    /// <param name="record">The job's stored part; its submission is known.</param>
    /// <param name="folder">The job's own: its checkpoints go there, a folder each, and it is removed with
    /// them.</param>
    /// <param name="stopTimeout">So long subtasks may take to stop before they are given up.</param>
    /// <param name="random">For the jitter of restart delays.</param>
    public JobMachine(
        JobRecord record, JobGraph graph, JobOptions options, string folder, TimeSpan stopTimeout, Random random)
    {
        _record = record;
        _graph = new ExecutionGraph(graph);
        _options = options;
        _folder = folder;
        _stopTimeout = stopTimeout;
        _restarts = RestartStrategies.Of(options.Restart, random);
        _checkpoints = new CheckpointCoordinator(_graph, record, options.Checkpoint, folder);
        SlotCount = graph.Vertices.Max(v => v.Parallelism);
    }

    public ExecutionGraph Graph => _graph;

    public JobRecord Record => _record;

    public JobOptions Options => _options;

    public JobState State => _graph.State;

    public CheckpointHistory Checkpoints => _checkpoints.History;

    /// <summary>The slots that an attempt needs: subtasks of the same index share one.</summary>
    public int SlotCount { get; }

    /// <summary>The slots that the job holds, also lost ones until the next attempt.</summary>
    public ImmutableArray<Slot> Slots => _slots;

    public bool IsWaitingForSlots { get; private set; }

    public DateTimeOffset? RunningSince { get; private set; }

    /// <summary>The job was accepted, or its JobMaster has recovered what was stored.</summary>
    public IReadOnlyList<JobEffect> Begin(DateTimeOffset now)
    {
        if (_record.Ended is { } ended)
        {
            _graph.MoveTo(JobState.Created);
            Replay((JobState)ended.State);
            CleanUp(State);
            _effects.Add(new AnnounceEnd());
            return Take();
        }
        if (_record.IsCancelRequested)
        {
            _graph.MoveTo(JobState.Cancelling);
            End(JobState.Canceled, "", now);
            return Take();
        }
        _graph.MoveTo(JobState.Created);
        if (_record.IsStopped)
        {
            _graph.MoveTo(JobState.Running);
            End(JobState.Finished, "", now);
            return Take();
        }
        AskForSlots();
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSlotsGranted(ImmutableArray<Slot> slots, DateTimeOffset now)
    {
        if (!IsWaitingForSlots) return [];
        IsWaitingForSlots = false;
        _slots = slots;
        _hasLostSlots = false;
        BeginAttempt(now);
        return Take();
    }

    /// <summary>The slot's actor is gone, with its node or alone.</summary>
    public IReadOnlyList<JobEffect> OnSlotLost(string slotId, DateTimeOffset now)
    {
        int index = -1;
        for (int i = 0; i < _slots.Length; i++)
            if (_slots[i].Id == slotId) index = i;
        if (index < 0 || State.IsTerminal()) return [];
        _hasLostSlots = true;
        foreach (SubtaskKey key in _graph.Subtasks.Where(k => k.Index == index))
            _graph.Apply(key, SubtaskState.Failed);
        if (_isAwaitingRestore || (_graph.IsDeployed && !IsStopping))
            FailAttempt(
                ErrorKind.Unavailable, "", $"Slot {slotId} is gone: its TaskManager has left or died.", now);
        else if (_graph.IsDeployed && _graph.HaveAllStopped)
            AfterStopped(now);
        return Take();
    }

    /// <summary>The metadata of the checkpoint to start from, or why it could not be read.</summary>
    public IReadOnlyList<JobEffect> OnRestoreRead(
        int attempt, CheckpointMetadata? metadata, MillraceException? error, DateTimeOffset now)
    {
        if (!_isAwaitingRestore || attempt != _record.Attempt) return [];
        if (error is not null && _restoredFrom is not null
            && error.Kind is ErrorKind.Corrupt or ErrorKind.Invalid)
        {
            SetAside(_restoredFrom!, error.Message, now);
            ReadRestoreOrDeploy(now);
            return Take();
        }
        error ??= Verify(metadata!);
        _isAwaitingRestore = false;
        if (error is null) DeployAll(metadata, now);
        else
            FailAttempt(
                error.Kind == ErrorKind.Corrupt ? ErrorKind.Invalid : error.Kind, "", error.Message, now);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSubtask(
        int attempt, SubtaskKey key, SubtaskState state, ErrorKind kind, string message, DateTimeOffset now)
    {
        if (attempt != _record.Attempt || !_graph.Apply(key, state)) return [];
        if (IsStopping)
        {
            if (_graph.HaveAllStopped) AfterStopped(now);
        }
        else if (state == SubtaskState.Failed)
        {
            FailAttempt(kind, _graph.Describe(key), WithoutOrigin(message, _graph.Describe(key)), now);
        }
        else if (state == SubtaskState.Canceled)
        {
            FailAttempt(
                ErrorKind.Bug, _graph.Describe(key), "It was canceled, but nobody asked for it.", now);
        }
        else
        {
            if (_graph.HaveAllStarted && State is JobState.Created or JobState.Restarting) BecomeRunning(now);
            FinishIfEnded(now);
        }
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSnapshot(
        int attempt, CheckpointId id, SubtaskKey subtask, SubtaskSnapshot snapshot)
    {
        if (attempt == _record.Attempt) _checkpoints.OnSnapshot(id, subtask, snapshot, _effects);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSnapshotFailed(
        int attempt, CheckpointId id, SubtaskKey subtask, string reason, DateTimeOffset now)
    {
        if (attempt != _record.Attempt || !_graph.Contains(subtask)) return [];
        _checkpoints.OnDeclined(id, reason, now, _effects);
        AfterCheckpointChange(now);
        return Take();
    }

    /// <param name="error">Null: the metadata is durable.</param>
    public IReadOnlyList<JobEffect> OnMetadataWritten(
        CheckpointMetadata metadata, string? error, DateTimeOffset now)
    {
        if (error is not null)
        {
            string reason = $"its metadata could not be written: {error}";
            _checkpoints.OnMetadataFailed(metadata.Checkpoint, metadata.Folder, reason, now, _effects);
        }
        else if (_checkpoints.OnMetadataWritten(
            metadata.Checkpoint, metadata.Folder, now, _effects) is { } complete
            && complete.Barrier.StopsSources)
        {
            _stopRequest = complete.SavepointRequest;
            _stopPath = metadata.Folder;
        }
        AfterCheckpointChange(now);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnTimer(TimerKey key, DateTimeOffset now)
    {
        switch (key.Kind)
        {
            case TimerKind.CheckpointDue:
                _checkpoints.OnDue(now, _effects);
                break;
            case TimerKind.CheckpointTimeout:
                _checkpoints.OnTimeout(new CheckpointId(key.Number), now, _effects);
                AfterCheckpointChange(now);
                break;
            case TimerKind.StopTimeout when key.Number == _record.Attempt && IsStopping && _graph.IsDeployed:
                AfterStopped(now);
                break;
            case TimerKind.RestartDue when key.Number == _record.Attempt && State == JobState.Restarting
                && !_graph.IsDeployed:
                Redeploy(now);
                break;
            default:
                break;
        }
        return Take();
    }

    public IReadOnlyList<JobEffect> Cancel(DateTimeOffset now)
    {
        if (State.IsTerminal() || State is JobState.Cancelling or JobState.Failing) return [];
        Remember(new CancelRequested { At = now.ToUnixTimeMilliseconds() });
        _graph.MoveTo(JobState.Cancelling);
        StopAttempt(new AfterStop.Cancel(), "The job was canceled.", now);
        return Take();
    }

    public IReadOnlyList<JobEffect> Savepoint(SavepointRequest request, DateTimeOffset now)
    {
        if (State.IsTerminal())
            _effects.Add(
                new AnswerSavepoint(request.Id, null, ErrorKind.Invalid, $"The job is {State} already."));
        else if (
            Path.GetFullPath(request.Target).StartsWith(Path.GetFullPath(_folder), StringComparison.Ordinal))
            _effects.Add(new AnswerSavepoint(
                request.Id, null, ErrorKind.Invalid, $"{_folder} is the job's own; give another folder."));
        else
            _checkpoints.RequestSavepoint(request, now, _effects);
        return Take();
    }

    /// <summary>Makes a running subtask fail; null when there is no such subtask running.</summary>
    public IReadOnlyList<JobEffect>? Inject(SubtaskKey key, string reason)
    {
        if (!_graph.IsDeployed || IsStopping || !_graph.Contains(key)) return null;
        if (_graph[key] is not (SubtaskState.Running or SubtaskState.DataEnded)) return null;
        _effects.Add(new InjectFailure(_record.Attempt, key, reason));
        return Take();
    }

    /// <summary>This JobMaster stops; another one goes on from what is stored.</summary>
    public void Suspend()
    {
        if (!State.IsTerminal()) _graph.MoveTo(JobState.Suspended);
    }

    private ImmutableArray<JobEffect> Take()
    {
        ImmutableArray<JobEffect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    /// <summary>A subtask may name itself in its message; the origin is kept apart.</summary>
    private static string WithoutOrigin(string message, string origin) =>
        message.StartsWith(origin + ": ", StringComparison.Ordinal)
            ? message[(origin.Length + 2)..]
            : message;

    private void Remember(IMessage happened)
    {
        _record.Apply(happened);
        _effects.Add(new Store(happened));
    }
}
