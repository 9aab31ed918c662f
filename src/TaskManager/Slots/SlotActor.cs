using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// One slot: runs the subtasks of one attempt of one job, as the JobMaster says, and tells it how they do.
/// </summary>
/// <remarks>
/// Commands of an older attempt are ignored. A newer attempt, or another job after the old one has released
/// the slot, waits until what ran before has stopped. When the JobMaster is gone, its subtasks are canceled:
/// whoever takes the job over deploys anew.
/// </remarks>
internal sealed class SlotActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    private readonly string _slotId;
    private readonly ITaskExecutor _executor;
    private readonly SlotListener _listener;
    private readonly Lease? _lease;
    private readonly Dictionary<SubtaskId, SubtaskStateCode> _subtasks = [];
    private IActorRef _jobMaster = ActorRefs.Nobody;
    private string _jobId = "";
    private int _attempt;
    private HashSet<int> _sources = [];
    private (DeploySubtasks Deploy, IActorRef Sender)? _next;

    /// <param name="lease">Without it nothing is deployed; null: it always may.</param>
    public SlotActor(string slotId, ITaskExecutor executor, Lease? lease = null)
    {
        _lease = lease;
        _slotId = slotId;
        _executor = executor;
        _listener = new SlotListener(Self, executor);
        Receive<OpenSlot>(m => Sender.Tell(new SlotOpened { SlotId = m.SlotId }));
        Receive<DeploySubtasks>(OnDeploy);
        Receive<TriggerCheckpoint>(OnTrigger, m => IsCurrent(m.JobId, m.Attempt));
        Receive<CheckpointCompleted>(
            m => ForEach(id => _executor.CheckpointComplete(id, new CheckpointId(m.CheckpointId))),
            m => IsCurrent(m.JobId, m.Attempt));
        Receive<CheckpointAborted>(
            m => ForEach(id => _executor.CheckpointAborted(id, new CheckpointId(m.CheckpointId))),
            m => IsCurrent(m.JobId, m.Attempt));
        Receive<FinishSubtasks>(_ => ForEach(_executor.Finish), m => IsCurrent(m.JobId, m.Attempt));
        Receive<CancelSubtasks>(_ => ForEach(_executor.Cancel), m => IsCurrent(m.JobId, m.Attempt));
        Receive<FailSubtaskInSlot>(
            m => _executor.Fail(Id(m.Subtask), m.Reason), m => IsCurrent(m.JobId, m.Attempt));
        Receive<FenceSlot>(_ => Release());
        Receive<ReleaseSlot>(_ => Release(), m => m.JobId == _jobId);
        Receive<SubtaskReported>(OnReported);
        Receive<SnapshotWritten>(m => _jobMaster.Tell(m), m => IsCurrent(m.JobId, m.Attempt));
        Receive<SnapshotFailed>(m => _jobMaster.Tell(m), m => IsCurrent(m.JobId, m.Attempt));
        Receive<ReportDue>(_ => Report());
        Receive<Terminated>(_ => Release(), t => t.ActorRef.Equals(_jobMaster));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostStop()
    {
        ForEach(_executor.Cancel);
        base.PostStop();
    }

    /// <summary>
    /// Takes the place of an older attempt and of a job that has released the slot; refused while another job
    /// has it.
    /// </summary>
    private void OnDeploy(DeploySubtasks deploy)
    {
        if (deploy.JobId == _jobId && deploy.Attempt <= _attempt) return;
        if (_jobId.Length > 0 && deploy.JobId != _jobId)
        {
            foreach (SubtaskRef subtask in deploy.Subtasks)
                Sender.Tell(Failure(deploy, subtask, FailureKind.FailureUnavailable,
                    $"Slot {_slotId} is in use by job {_jobId}."));
            return;
        }
        if (_lease is { IsHeld: false })
        {
            foreach (SubtaskRef subtask in deploy.Subtasks)
                Sender.Tell(Failure(deploy, subtask, FailureKind.FailureUnavailable,
                    $"The TaskManager of slot {_slotId} has no lease."));
            return;
        }
        ForEach(_executor.Cancel);
        _next = (deploy, Sender);
        Follow(Sender);
        _jobId = deploy.JobId;
        _attempt = deploy.Attempt;
        DeployNextWhenFree();
    }

    private void DeployNextWhenFree()
    {
        if (_next is not { } next || _subtasks.Count > 0) return;
        _next = null;
        try
        {
            DeployAll(next.Deploy);
        }
        catch (MillraceException e)
        {
            // Not Corrupt, which would blame the checkpoint.
            foreach (SubtaskRef subtask in next.Deploy.Subtasks)
                next.Sender.Tell(Failure(next.Deploy, subtask, FailureKind.FailureBug, e.Message));
        }
        Timers.StartPeriodicTimer(ReportDue.Instance, ReportDue.Instance, ReportInterval);
    }

    private void DeployAll(DeploySubtasks deploy)
    {
        JobGraph graph = OperatorFactory.Codec.Decode(deploy.Graph.Span);
        _sources = [.. Enumerable.Range(0, graph.Vertices.Length).Where(v => !graph.InputsOf(v).Any())];
        CheckpointMetadata? restore = deploy.Restore is null
            ? null
            : CheckpointCodec.FromMessage(deploy.Restore);
        List<SubtaskId> ids = [.. deploy.Subtasks.Select(Id)];
        foreach (SubtaskId id in ids) _subtasks[id] = SubtaskStateCode.SubtaskDeploying;
        ImmutableArray<string> exchanges = [.. deploy.Table.Select(t => t.Exchange)];
        ImmutableArray<(int, int)> region = [.. deploy.Region.Select(s => (s.Vertex, s.Subtask))];
        foreach (SubtaskId id in ids)
        {
            var descriptor = new SubtaskDescriptor(id, graph, restore)
            {
                Exchanges = exchanges,
                Region = region,
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
        ForEach(id => _executor.TriggerCheckpoint(id, barrier), id => _sources.Contains(id.Vertex));
    }

    private void OnReported(SubtaskReported reported)
    {
        SubtaskChanged change = reported.Change;
        var id = new SubtaskId(change.JobId, change.Attempt, change.Subtask.Vertex, change.Subtask.Subtask);
        if (!_subtasks.ContainsKey(id)) return;
        bool hasStopped = change.State >= SubtaskStateCode.SubtaskFinished;
        if (hasStopped) _subtasks.Remove(id);
        else _subtasks[id] = change.State;
        if (IsCurrent(change.JobId, change.Attempt))
        {
            // The last numbers first: the change may be the one that ends the job.
            if (reported.Metrics.Operators.Count > 0)
                _jobMaster.Tell(NewReport([reported.Metrics]));
            _jobMaster.Tell(change);
        }
        if (_subtasks.Count == 0) Timers.Cancel(ReportDue.Instance);
        DeployNextWhenFree();
    }

    private void Report()
    {
        if (_jobMaster.IsNobody() || _subtasks.Count == 0) return;
        var metrics = new List<SubtaskMetrics>();
        foreach ((SubtaskId id, SubtaskStateCode state) in _subtasks)
        {
            if (id.Attempt != _attempt) continue;
            var subtask = new SubtaskMetrics
            {
                Subtask = new SubtaskRef { Vertex = id.Vertex, Subtask = id.SubtaskIndex },
                State = state,
            };
            MetricsCodec.Read(_executor, id, subtask);
            metrics.Add(subtask);
        }
        if (metrics.Count > 0) _jobMaster.Tell(NewReport(metrics));
    }

    private SlotReport NewReport(IEnumerable<SubtaskMetrics> subtasks) =>
        new() { JobId = _jobId, Attempt = _attempt, Subtasks = { subtasks } };

    /// <summary>Free for another job, as soon as what runs has stopped.</summary>
    private void Release()
    {
        ForEach(_executor.Cancel);
        Follow(ActorRefs.Nobody);
        _next = null;
        _jobId = "";
        _attempt = 0;
    }

    private void Follow(IActorRef jobMaster)
    {
        if (_jobMaster.Equals(jobMaster)) return;
        if (!_jobMaster.IsNobody()) Context.Unwatch(_jobMaster);
        _jobMaster = jobMaster;
        if (!_jobMaster.IsNobody()) Context.Watch(_jobMaster);
    }

    private bool IsCurrent(string jobId, int attempt) => jobId == _jobId && attempt == _attempt;

    private SubtaskId Id(SubtaskRef subtask) => new(_jobId, _attempt, subtask.Vertex, subtask.Subtask);

    private void ForEach(Action<SubtaskId> act, Func<SubtaskId, bool>? where = null)
    {
        foreach (SubtaskId id in _subtasks.Keys.ToList())
            if (where is null || where(id)) act(id);
    }

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
