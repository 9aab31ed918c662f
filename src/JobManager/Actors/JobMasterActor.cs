using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Google.Protobuf;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Hosting;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Scheduling;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>
/// Carries out what <see cref="JobMachine"/> decides for one job: stores its events, speaks with slots and
/// clients, runs its timers and disk work. Decides nothing itself.
/// </summary>
/// <remarks>
/// Effects are carried out in order; at a <see cref="Store"/> the rest waits until the event is durable, and
/// so do incoming messages (Akka.Persistence stashes them). A new JobMaster folds the stored events and
/// begins a new attempt from the last checkpoint. JobMasterActor.Effects.cs and
/// .Slots.cs hold the effects, .Clients.cs what clients ask.
/// </remarks>
internal sealed partial class JobMasterActor : ReceivePersistentActor, IWithTimers
{
    private const int EventsPerSnapshot = 200;
    private static readonly TimeSpan SubmissionTimeout = TimeSpan.FromMinutes(1);

    private readonly JobId _job;
    private readonly long _sequence;
    private readonly long _term;
    private readonly JobManagerOptions _options;
    private readonly ICheckpointStore _store;
    private readonly JobSubmission _submission;
    private readonly JobRecord _record = new();
    private readonly List<IActorRef> _waiters = [];
    private readonly Dictionary<int, (string Key, IActorRef Client)> _savepointClients = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private JobMachine? _machine;
    private JobReporter? _reporter;
    private ImmutableArray<Slot> _watched = [];
    private int _lastRequest;
    private long _slotRequest;
    private int _folderChanges;
    private bool _hasEnded;
    private long _lastSnapshot;
    private long _forgottenUpTo = NotForgotten;
    private (JobState State, int Attempt) _told;

    /// <param name="sequence">The job's number in the order of submission.</param>
    /// <param name="term">Of the leader that has started it.</param>
    /// <param name="submission">Plans the job at another parallelism.</param>
    public JobMasterActor(
        JobId job,
        long sequence,
        long term,
        JobManagerOptions options,
        ICheckpointStore store,
        JobSubmission submission)
    {
        _job = job;
        _sequence = sequence;
        _term = term;
        _options = options;
        _store = store;
        _submission = submission;
        PersistenceId = $"job-{job}";
        Recover<SnapshotOffer>(offer =>
        {
            _record.Apply((IMessage)offer.Snapshot);
            _lastSnapshot = offer.Metadata.SequenceNr;
        });
        Recover<IMessage>(_record.Apply);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        ReceiveFromParent();
        ReceiveFromSlots();
        ReceiveFromClients();
        ReceiveFromSelf();
    }

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    private static DateTimeOffset Now => Context.System.Scheduler.Now;

    protected override void PostStop()
    {
        if (_machine is { State: var state } && !state.IsTerminal())
        {
            _machine.Suspend();
            JobReport report = _reporter!.Report();
            foreach (IActorRef waiter in _waiters) waiter.Tell(report);
        }
        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        JournalFailure.Tell(
            _log, $"Job {_job} could not store {@event.GetType().Name} and begins again", cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        JournalFailure.Tell(_log, $"Job {_job} could not read its events and tries again", reason);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "Job {0} could not store {1} and stops here", _job, @event.GetType().Name);
        Context.Stop(Self);
    }

    private void ReceiveFromParent()
    {
        Command<AcceptSubmission>(OnSubmission);
        Command<SlotsGranted>(OnSlotsGranted, granted => granted.Number == _slotRequest);
        Command<SlotsGranted>(_ => { });
        Command<SlotsLost>(lost => OnSlotsLost(s => s.Node == lost.Node));
        Command<SlotWait>(wait => _machine!.Wait = wait.Description, _ => _machine is not null);
        Command<ForgetJob>(_ => Forget());
    }

    private void ReceiveFromSlots()
    {
        Command<SubtaskChanged>(OnSubtaskChanged, m => _machine is not null);
        Command<SnapshotWritten>(m => Execute(_machine!.OnSnapshot(
            m.Attempt, new(m.CheckpointId), Key(m.Subtask), CheckpointCodec.FromMessage(m.Snapshot))));
        Command<SnapshotFailed>(m => Execute(_machine!.OnSnapshotFailed(
            m.Attempt, new(m.CheckpointId), Key(m.Subtask), m.Reason, Now)));
        Command<SlotReport>(OnSlotReport, m => _machine is not null);
        Command<Terminated>(OnTerminated);
    }

    private void ReceiveFromSelf()
    {
        Command<TimerFired>(t => Execute(_machine!.OnTimer(t.Key, Now)));
        Command<RestoreRead>(r => Execute(_machine!.OnRestoreRead(r.Attempt, r.Metadata, r.Error, Now)));
        Command<RescalePlanned>(OnRescalePlanned);
        Command<RefusedJob>(refused => refused.Client.Tell(refused.Answer));
        Command<FolderCreated>(OnFolderCreated);
        Command<MetadataWritten>(m => Execute(_machine!.OnMetadataWritten(m.Metadata, m.Error, Now)));
        Command<FoldersDeleted>(_ =>
        {
            _folderChanges--;
            AnnounceWhenClean(isEnd: false);
        });
        Command<SubmissionMissing>(_ => OnNoSubmission());
        Command<SaveSnapshotSuccess>(s =>
        {
            DeleteMessages(s.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(s.Metadata.SequenceNr - 1));
        });
        Command<SaveSnapshotFailure>(
            f => _log.Warning("Job {0}: its journal could not be shortened: {1}", _job, f.Cause.Message));
        ReceiveDeleted();
    }

    private void OnRecovered()
    {
        if (_record.Submission is null)
            Timers.StartSingleTimer(
                SubmissionMissing.Instance, SubmissionMissing.Instance, SubmissionTimeout);
        else Begin();
    }

    private void OnSubmission(AcceptSubmission accept)
    {
        var answer = new JobSubmitted { JobId = _job.Value };
        if (_record.Submission is not null)
        {
            accept.Client.Tell(answer);
            return;
        }
        Timers.Cancel(SubmissionMissing.Instance);
        Persist(accept.Submission, submission =>
        {
            _record.Apply(submission);
            accept.Client.Tell(answer);
            Begin();
        });
    }

    private void Begin()
    {
        SubmissionAccepted submission = _record.Submission!;
        JobGraph graph = OperatorFactory.Codec.Decode(submission.Graph.Span);
        JobOptions options = JobSettingsCodec.FromMessage(submission.Settings);
        string root = options.Checkpoint.Directory ?? _options.CheckpointFolder;
        _machine = new JobMachine(
            _record, graph, options, Path.Combine(root, _job.Value), _options.StopTimeout,
            new Random(Seed()));
        _reporter = new JobReporter(_machine);
        Execute(_machine.Begin(Now));
    }

    /// <summary>
    /// The JobManager died between two events; the client was not answered and submits again.
    /// </summary>
    private void OnNoSubmission()
    {
        Context.Parent.Tell(new JobEndReported(_job, new JobReport
        {
            JobId = _job.Value,
            State = JobStateCode.JobFailed,
            Detail = "The JobManager stopped before the job was accepted; submit it again.",
        }));
    }

    private void OnSubtaskChanged(SubtaskChanged change)
    {
        ErrorKind kind = (ErrorKind)change.Kind;
        Execute(_machine!.OnSubtask(
            change.Attempt, Key(change.Subtask), (SubtaskState)change.State, kind, change.Message, Now));
    }

    /// <summary>
    /// Also makes good for a change that was lost on the way: a state counts whoever brings it. A slot that
    /// the job does not hold has not heard that it was released.
    /// </summary>
    private void OnSlotReport(SlotReport report)
    {
        if (_machine!.Slots.IndexOf(report.SlotId) < 0)
        {
            Sender.Tell(new ReleaseSlot { JobId = _job.Value, Term = _term });
            return;
        }
        _reporter!.Add(report);
        if (report.IsComplete)
            _machine.OnSlotReport(
                report.SlotId, report.Subtasks.Select(s => (Key(s.Subtask), s.Attempt)),
                report.CompletedCheckpoint);
        var effects = new List<JobEffect>();
        foreach (SubtaskMetrics subtask in report.Subtasks)
            effects.AddRange(_machine.OnSubtask(
                subtask.Attempt, Key(subtask.Subtask), (SubtaskState)subtask.State, (ErrorKind)subtask.Kind,
                subtask.Message, Now));
        Execute(effects);
    }

    private void OnSlotsGranted(SlotsGranted granted)
    {
        IReadOnlyList<JobEffect> effects = _machine!.OnSlotsGranted(granted.Slots, Now);
        FollowSlots();
        Execute(effects);
    }

    /// <summary>
    /// A slot has ended. That its whole node has gone is told by the JobManager, which knows whether a lease
    /// has to be waited for, and of all slots at once.
    /// </summary>
    private void OnTerminated(Terminated terminated)
    {
        if (!terminated.AddressTerminated) OnSlotsLost(s => s.Actor.Equals(terminated.ActorRef));
    }

    private void OnSlotsLost(Func<Slot, bool> isLost)
    {
        if (_machine is null) return;
        Execute(_machine.OnSlotsLost([.. _machine.Slots.Held.Where(isLost).Select(s => s.Id)], Now));
    }

    /// <summary>Jobs that fail together must not return together.</summary>
    private int Seed() =>
        (int)(Crc32C.Of(Encoding.UTF8.GetBytes(_job.Value)) ^ (uint)Now.ToUnixTimeMilliseconds());

    private static SubtaskKey Key(SubtaskRef subtask) => new(subtask.Vertex, subtask.Subtask);
}
