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
/// This file holds the facts of its slots and subtasks.
/// </summary>
/// <remarks>
/// A region (<see cref="Region"/>) goes through attempts: its slots are granted, the attempt's number is
/// stored, the checkpoint to start from is read, its subtasks are deployed. The job is Running when all
/// subtasks of all regions have reported so, and only then takes checkpoints. When a subtask fails, those of
/// its region are canceled, and after the last has stopped (or was given up) and the delay is over the
/// region's next attempt begins; the others run on, and the job is Restarting meanwhile. A fact that names
/// another attempt than the subtask's is late and changes nothing. A job without data to come takes a last
/// checkpoint and finishes after it.
/// <para>
/// JobMachine.Regions.cs: what regions do; .Checkpoints.cs: facts of checkpoints, savepoints and rescaling;
/// .End.cs: how the job ends; .Repeats.cs: what is told again.
/// </para>
/// </remarks>
internal sealed partial class JobMachine
{
    private readonly JobRecord _record;
    private readonly CheckpointCoordinator _checkpoints;
    private readonly IRestartStrategy _restarts;
    private readonly JobOptions _options;
    private readonly string _folder;
    private readonly TimeSpan _stopTimeout;
    private readonly List<JobEffect> _effects = [];
    private ExecutionGraph _graph;
    private SlotAssignment _slots;
    private bool _isFinishing;
    private AfterStop? _ending;

    /// <param name="record">The job's stored part; its submission is known.</param>
    /// <param name="folder">The job's own: its checkpoints go there, a folder each, and it is removed with
    /// them.</param>
    /// <param name="stopTimeout">So long subtasks may take to stop before they are given up.</param>
    /// <param name="random">For the jitter of restart delays.</param>
    public JobMachine(
        JobRecord record,
        JobGraph graph,
        JobOptions options,
        string folder,
        TimeSpan stopTimeout,
        Random random)
    {
        _record = record;
        _graph = new ExecutionGraph(graph);
        _slots = new SlotAssignment(_graph.SlotCount);
        _options = options;
        _folder = folder;
        _leftoversUpTo = record.ReservedCheckpoints;
        _openSavepoints = [.. record.OpenSavepoints.Select(s => s.Folder)];
        _stopTimeout = stopTimeout;
        _restarts = RestartStrategies.Of(options.Restart, random);
        foreach (ExceptionReport earlier in record.Exceptions.Where(e => IsForTheStrategy((ErrorKind)e.Kind)))
            _restarts.OnFailure(0, DateTimeOffset.FromUnixTimeMilliseconds(earlier.At));
        _checkpoints = new CheckpointCoordinator(_graph, record, options.Checkpoint, folder);
    }

    public ExecutionGraph Graph => _graph;

    public JobRecord Record => _record;

    public JobOptions Options => _options;

    public JobState State => _graph.State;

    public CheckpointHistory Checkpoints => _checkpoints.History;

    /// <summary>The slots that the job holds, by index.</summary>
    public SlotAssignment Slots => _slots;

    public bool IsWaitingForSlots { get; private set; }

    /// <summary>For people: what the job waits for; from the JobManager.</summary>
    public string Wait { get; set; } = "";

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
        DeployReady(now);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSlotsGranted(ImmutableArray<Slot> slots, DateTimeOffset now)
    {
        if (!IsWaitingForSlots) return [];
        StopWaiting();
        // One that was started again is granted before the end of the old one is heard of.
        LoseSlots([.. slots.Select(s => _slots.IndexOf(s.Id)).Where(i => i >= 0)], now);
        if (_ending is not null || State.IsTerminal()) return Take();
        _slots.Fill(slots);
        DeployReady(now);
        return Take();
    }

    /// <summary>
    /// The slots' actors are gone, with their node or alone. For the restart strategy that is one failure,
    /// however many regions had subtasks there.
    /// </summary>
    public IReadOnlyList<JobEffect> OnSlotsLost(ImmutableArray<string> slotIds, DateTimeOffset now)
    {
        LoseSlots([.. slotIds.Select(_slots.IndexOf).Where(i => i >= 0)], now);
        return Take();
    }

    /// <param name="why">Null: their actors are gone.</param>
    private void LoseSlots(List<int> indexes, DateTimeOffset now, string? why = null)
    {
        if (indexes.Count == 0 || State.IsTerminal()) return;
        string names = string.Join(", ", indexes.Select(i => _slots[i]!.Id));
        List<Region> hit = [.. indexes.SelectMany(_graph.RegionsIn).Distinct().Where(r => r.IsAlive)];
        foreach (int index in indexes)
        {
            _slots.Lose(index);
            ForgetReports(index);
            foreach (SubtaskKey key in _graph.SubtasksIn(index)) _graph.Apply(key, SubtaskState.Failed);
        }
        List<Region> stopping = [.. hit.Where(r => r.Phase == RegionPhase.Stopping && r.HaveAllStopped)];
        List<Region> failed = [.. hit.Where(r => r.Phase != RegionPhase.Stopping)];
        if (failed.Count > 0)
            FailRegions(
                failed, ErrorKind.Unavailable, "",
                $"Slot {names} {why ?? "is gone: its TaskManager has left or died"}.", now);
        foreach (Region region in stopping) AfterRegionStopped(region, now);
    }

    /// <summary>The metadata of the checkpoint to start from, or why it could not be read.</summary>
    public IReadOnlyList<JobEffect> OnRestoreRead(
        int attempt, CheckpointMetadata? metadata, MillraceException? error, DateTimeOffset now)
    {
        List<Region> regions =
            [.. _graph.Regions.Where(r => r.Phase == RegionPhase.Restoring && r.Attempt == attempt)];
        if (regions.Count == 0) return [];
        CheckpointTaken? from = regions[0].RestoredFrom;
        bool isDamaged = error?.Kind is ErrorKind.Corrupt or ErrorKind.Invalid;
        // Of a stop there is no other one to go back to.
        if (isDamaged && from is not null && !_record.IsStopped)
        {
            SetAside(from, error!.Message, now);
            ReadRestoreOrDeploy(attempt, regions, now);
            return Take();
        }
        error ??= from is null ? Verify(metadata!) : null;
        if (error is null) Deploy(attempt, regions, metadata, now);
        else
            FailRegions(
                regions, error.Kind == ErrorKind.Corrupt ? ErrorKind.Invalid : error.Kind, "", error.Message,
                now);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSubtask(
        int attempt, SubtaskKey key, SubtaskState state, ErrorKind kind, string message, DateTimeOffset now)
    {
        if (!_graph.Contains(key)) return [];
        Region region = _graph.RegionOf(key);
        if (region.Attempt != attempt || !_graph.Apply(key, state)) return [];
        if (region.Phase == RegionPhase.Stopping)
        {
            if (region.HaveAllStopped) AfterRegionStopped(region, now);
        }
        else if (state == SubtaskState.Failed)
        {
            string origin = _graph.Describe(key);
            FailRegions([region], kind, origin, WithoutOrigin(message, origin), now);
        }
        else if (state == SubtaskState.Canceled)
        {
            FailRegions(
                [region], ErrorKind.Bug, _graph.Describe(key), "It was canceled, but nobody asked for it.",
                now);
        }
        else
        {
            if (_graph.HaveAllStarted && State is JobState.Created or JobState.Restarting) BecomeRunning(now);
            FinishIfEnded(now);
        }
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
            case TimerKind.StopTimeout when RegionAt(key) is { Phase: RegionPhase.Stopping } region:
                AfterRegionStopped(region, now);
                break;
            case TimerKind.RestartDue when _ending is null
                && RegionAt(key) is { Phase: RegionPhase.Waiting, Restart: not null } region:
                region.BecomeReady();
                DeployReady(now);
                break;
            case TimerKind.SlotTimeout when IsWaitingForSlots:
                OnNoSlots(now);
                break;
            case TimerKind.RepeatDue:
                Repeat(now);
                break;
            default:
                break;
        }
        return Take();
    }

    /// <summary>Makes a running subtask fail; null when there is no such subtask running.</summary>
    public IReadOnlyList<JobEffect>? Inject(SubtaskKey key, string reason)
    {
        if (!_graph.Contains(key) || _graph.RegionOf(key).Phase != RegionPhase.Deployed) return null;
        if (_graph[key] is not (SubtaskState.Running or SubtaskState.DataEnded)) return null;
        _effects.Add(new InjectFailure(_graph.RegionOf(key).Attempt, key, reason));
        return Take();
    }

    /// <summary>This JobMaster stops; another one goes on from what is stored.</summary>
    public void Suspend()
    {
        if (!State.IsTerminal()) _graph.MoveTo(JobState.Suspended);
    }

    private Region? RegionAt(TimerKey key) =>
        key.Number < _graph.Regions.Length ? _graph.Regions[(int)key.Number] : null;

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
