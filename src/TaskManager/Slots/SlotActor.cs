using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// One slot: runs the subtasks of one job, as its JobMaster says, and tells it how they do.
/// <see cref="SlotTenancy"/> decides what a command means here.
/// </summary>
/// <remarks>
/// Every command may come twice, and any may be lost: a regular report names all that the slot has, so that
/// the JobMaster can tell again what is missing. When the JobMaster is gone, its subtasks are canceled:
/// whoever takes the job over deploys anew.
/// </remarks>
internal sealed class SlotActor : ReceiveActor, IWithTimers
{
    /// <summary>Where the JobMaster asks for no other.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    private readonly string _slotId;
    private readonly ITaskExecutor _executor;
    private readonly SlotListener _listener;
    private readonly Lease? _lease;
    private long _term;
    private readonly SlotTenancy _tenancy = new();
    private IActorRef _jobMaster = ActorRefs.Nobody;
    private HashSet<int> _sources = [];

    /// <param name="lease">Without it nothing is deployed; null: it always may.</param>
    public SlotActor(string slotId, ITaskExecutor executor, Lease? lease = null)
    {
        _lease = lease;
        _slotId = slotId;
        _executor = executor;
        _listener = new SlotListener(Self, executor);
        Receive<OpenSlot>(m => Sender.Tell(new SlotOpened { SlotId = m.SlotId }));
        Receive<DeploySubtasks>(OnDeploy, m => m.Term >= _term);
        ReceiveCommands();
        Receive<FenceSlot>(_ => Release());
        Receive<ObeyTerm>(OnObeyTerm);
        Receive<ReleaseSlot>(_ => Release(), m => m.JobId == _tenancy.JobId && m.Term >= _tenancy.Term);
        Receive<SubtaskReported>(OnReported);
        Receive<SnapshotWritten>(OnSnapshotWritten, m => m.JobId == _tenancy.JobId);
        Receive<SnapshotFailed>(
            m => _jobMaster.Tell(m),
            m => m.JobId == _tenancy.JobId && _tenancy.Find(m.Attempt, m.Subtask) is not null);
        Receive<ReportDue>(_ => Report());
        Receive<Terminated>(_ => Release(), t => t.ActorRef.Equals(_jobMaster));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostStop()
    {
        CancelAll(_tenancy.Running);
        base.PostStop();
    }

    /// <summary>What ran here is canceled and forgotten: those who count on it must hear of an end.</summary>
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    private void ReceiveCommands()
    {
        Receive<TriggerCheckpoint>(OnTrigger, m => m.JobId == _tenancy.JobId);
        Receive<CheckpointCompleted>(
            m => OnCompleted(m.Attempt, m.CheckpointId), m => m.JobId == _tenancy.JobId);
        Receive<CheckpointAborted>(
            m => ForEach(m.Attempt, id => _executor.CheckpointAborted(id, new CheckpointId(m.CheckpointId))),
            m => m.JobId == _tenancy.JobId);
        Receive<FinishSubtasks>(OnFinish, m => m.JobId == _tenancy.JobId);
        Receive<CancelSubtasks>(OnCancel);
        Receive<FailSubtaskInSlot>(
            m =>
            {
                if (_tenancy.Find(m.Attempt, m.Subtask) is { } subtask) _executor.Fail(subtask.Id, m.Reason);
            },
            m => m.JobId == _tenancy.JobId);
    }

    /// <summary>
    /// Takes the place of older attempts and of a job that has released the slot; refused while another job
    /// has it, unless a newer leader has given the slot away.
    /// </summary>
    private void OnDeploy(DeploySubtasks deploy)
    {
        string? refusal = _tenancy.Refuses(deploy) ? $"Slot {_slotId} is in use by job {_tenancy.JobId}."
            : _lease is { IsHeld: false } ? $"The TaskManager of slot {_slotId} has no lease."
            : null;
        if (refusal is not null)
        {
            foreach (SubtaskRef subtask in deploy.Subtasks)
                Sender.Tell(Failure(deploy, subtask, FailureKind.FailureUnavailable, refusal));
            return;
        }
        CancelAll(_tenancy.Accept(deploy));
        Follow(Sender);
        TimeSpan interval = deploy.ReportIntervalMs > 0
            ? TimeSpan.FromMilliseconds(deploy.ReportIntervalMs)
            : ReportInterval;
        Timers.StartPeriodicTimer(ReportDue.Instance, ReportDue.Instance, interval);
        StartWhatMay();
    }

    private void OnObeyTerm(ObeyTerm obey)
    {
        _term = Math.Max(_term, obey.Term);
        if (_tenancy.JobId.Length > 0 && _tenancy.Term < _term) Release();
    }

    private void StartWhatMay()
    {
        foreach (DeploySubtasks deploy in _tenancy.TakeStartable())
        {
            try
            {
                Start(deploy);
            }
            catch (MillraceException e)
            {
                // Not Corrupt, which would blame the checkpoint.
                foreach (SubtaskRef subtask in deploy.Subtasks)
                    Self.Tell(new SubtaskReported(
                        Failure(deploy, subtask, FailureKind.FailureBug, e.Message), new SubtaskMetrics()));
            }
        }
    }

    private void Start(DeploySubtasks deploy)
    {
        JobGraph graph = OperatorFactory.Codec.Decode(deploy.Graph.Span);
        _sources = [.. Enumerable.Range(0, graph.Vertices.Length).Where(v => !graph.InputsOf(v).Any())];
        CheckpointMetadata? restore = deploy.Restore is null
            ? null
            : CheckpointCodec.FromMessage(deploy.Restore);
        ImmutableArray<string> exchanges = ExchangesCodec.FromBytes(deploy.Exchanges);
        ImmutableArray<(int, int)> region = [.. deploy.Region.Select(s => (s.Vertex, s.Subtask))];
        foreach (SubtaskId id in _tenancy.Alive(deploy))
        {
            var descriptor = new SubtaskDescriptor(id, graph, restore)
            {
                Exchanges = exchanges,
                Region = region,
                LastCheckpoint = new CheckpointId(deploy.LastCheckpoint),
                ReadsNothing = deploy.ReadsNothing,
            };
            _executor.Deploy(descriptor, _listener);
        }
    }

    private void OnTrigger(TriggerCheckpoint trigger)
    {
        var barrier = new Barrier(
            new CheckpointId(trigger.CheckpointId), trigger.Folder, trigger.Savepoint, trigger.StopsSources)
        {
            AlignmentLimit = trigger.AlignmentLimitMs > 0
                ? TimeSpan.FromMilliseconds(trigger.AlignmentLimitMs)
                : null,
        };
        foreach (SlotSubtask subtask in _tenancy.Of(trigger.Attempt))
        {
            if (subtask.SnapshotOf(trigger.CheckpointId) is { } written) _jobMaster.Tell(written);
            if (!_sources.Contains(subtask.Id.Vertex) || subtask.Triggered >= trigger.CheckpointId) continue;
            subtask.Triggered = trigger.CheckpointId;
            _executor.TriggerCheckpoint(subtask.Id, barrier);
        }
    }

    private void OnCompleted(int attempt, long checkpoint)
    {
        _tenancy.Completed = Math.Max(_tenancy.Completed, checkpoint);
        foreach (SlotSubtask subtask in _tenancy.Of(attempt))
        {
            if (subtask.HasStopped || subtask.Completed >= checkpoint) continue;
            subtask.Completed = checkpoint;
            _executor.CheckpointComplete(subtask.Id, new CheckpointId(checkpoint));
        }
    }

    private void OnFinish(FinishSubtasks finish)
    {
        if (finish.CompletedCheckpoint > 0) OnCompleted(finish.Attempt, finish.CompletedCheckpoint);
        ForEach(finish.Attempt, _executor.Finish);
    }

    /// <summary>What has stopped already is told again: the report may have been lost.</summary>
    private void OnCancel(CancelSubtasks cancel)
    {
        if (cancel.JobId != _tenancy.JobId)
        {
            foreach (SubtaskRef subtask in cancel.Subtasks) Sender.Tell(Canceled(cancel, subtask));
            return;
        }
        foreach (SlotSubtask subtask in _tenancy.Cancel(cancel))
            if (subtask.HasStopped) _jobMaster.Tell(subtask.ToChange());
            else _executor.Cancel(subtask.Id);
        StartWhatMay();
    }

    private void OnReported(SubtaskReported reported)
    {
        if (_tenancy.Apply(reported.Change) is { } subtask)
        {
            // The last numbers first: the change may be the one that ends the job.
            if (reported.Metrics.Operators.Count > 0)
            {
                reported.Metrics.Attempt = subtask.Id.Attempt;
                _jobMaster.Tell(NewReport([reported.Metrics], isComplete: false));
            }
            _jobMaster.Tell(reported.Change);
        }
        StartWhatMay();
    }

    private void OnSnapshotWritten(SnapshotWritten written)
    {
        if (_tenancy.Find(written.Attempt, written.Subtask) is not { } subtask) return;
        subtask.Add(written);
        _jobMaster.Tell(written);
    }

    private void Report()
    {
        if (_jobMaster.IsNobody()) return;
        var all = new List<SubtaskMetrics>();
        foreach (SlotSubtask subtask in _tenancy.Shown)
        {
            SubtaskMetrics metrics = subtask.ToMetrics();
            if (!subtask.HasStopped) MetricsCodec.Read(_executor, subtask.Id, metrics);
            all.Add(metrics);
        }
        _jobMaster.Tell(NewReport(all, isComplete: true));
    }

    private SlotReport NewReport(IEnumerable<SubtaskMetrics> subtasks, bool isComplete) => new()
    {
        JobId = _tenancy.JobId,
        Attempt = _tenancy.HighestAttempt,
        Subtasks = { subtasks },
        SlotId = _slotId,
        IsComplete = isComplete,
        CompletedCheckpoint = _tenancy.Completed,
    };

    /// <summary>Free for another job, as soon as what runs has stopped.</summary>
    private void Release()
    {
        CancelAll(_tenancy.Running);
        Follow(ActorRefs.Nobody);
        Timers.Cancel(ReportDue.Instance);
        _tenancy.Release();
    }

    private void Follow(IActorRef jobMaster)
    {
        if (_jobMaster.Equals(jobMaster)) return;
        if (!_jobMaster.IsNobody()) Context.Unwatch(_jobMaster);
        _jobMaster = jobMaster;
        if (!_jobMaster.IsNobody()) Context.Watch(_jobMaster);
    }

    private void CancelAll(IEnumerable<SubtaskId> subtasks)
    {
        foreach (SubtaskId id in subtasks.ToList()) _executor.Cancel(id);
    }

    private void ForEach(int attempt, Action<SubtaskId> act)
    {
        foreach (SlotSubtask subtask in _tenancy.Of(attempt))
            if (!subtask.HasStopped) act(subtask.Id);
    }

    private static SubtaskChanged Canceled(CancelSubtasks cancel, SubtaskRef subtask) => new()
    {
        JobId = cancel.JobId,
        Attempt = cancel.Attempt,
        Subtask = subtask,
        State = SubtaskStateCode.SubtaskCanceled,
    };

    private static SubtaskChanged Failure(
        DeploySubtasks deploy, SubtaskRef subtask, FailureKind kind, string message) => new()
        {
            JobId = deploy.JobId,
            Attempt = deploy.Attempt,
            Subtask = subtask,
            State = SubtaskStateCode.SubtaskFailed,
            Kind = kind,
            Message = message,
        };

    private sealed class ReportDue
    {
        public static readonly ReportDue Instance = new();
    }
}
