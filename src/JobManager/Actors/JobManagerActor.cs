using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Google.Protobuf;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Hosting;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>
/// The cluster's singleton: knows every job (stored) and every slot (told by TaskManagers), gives slots to
/// jobs, and passes what clients ask to the job's JobMaster, its child. JobManagerActor.Clients.cs has what
/// it answers to clients, JobManagerActor.Nodes.cs what it knows of TaskManagers.
/// </summary>
internal sealed partial class JobManagerActor : ReceivePersistentActor, IWithTimers
{
    private const int Protocol = 1;
    private const int EventsPerSnapshot = 100;
    private static readonly TimeSpan JobMasterRestartDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SuspendTimeout = TimeSpan.FromSeconds(5);

    private readonly JobManagerOptions _options;
    private readonly ICheckpointStore _store;
    private readonly JobSubmission _submission;
    private readonly JobRegistry _registry;
    private readonly SlotPool _slots = new();
    private readonly Dictionary<JobId, IActorRef> _jobMasters = [];
    private readonly Dictionary<JobId, JobSummary> _summaries = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _lastSnapshot;
    private bool _isSuspended;

    public JobManagerActor(JobManagerOptions options, ICheckpointStore store, JobSubmission submission)
    {
        _options = options;
        _store = store;
        _submission = submission;
        _registry = new JobRegistry(options.ArchivedJobs);
        Recover<SnapshotOffer>(offer =>
        {
            _registry.Apply((IMessage)offer.Snapshot);
            _lastSnapshot = offer.Metadata.SequenceNr;
        });
        Recover<IMessage>(_registry.Apply);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        ReceiveFromClients();
        ReceiveFromTaskManagers();
        ReceiveFromJobMasters();
        Command<SaveSnapshotSuccess>(s =>
        {
            DeleteMessages(s.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(s.Metadata.SequenceNr - 1));
        });
        CommandAny(Unhandled);
    }

    public override string PersistenceId => "jobmanager";

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        JournalFailure.Tell(
            _log, $"{@event.GetType().Name} could not be stored, this JobManager begins again", cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        JournalFailure.Tell(_log, "This JobManager could not read its jobs and tries again", reason);

    /// <summary>
    /// A JobMaster that fails by a bug stops, as one whose event could not be stored: its slots hear of the
    /// end, nothing that it has begun comes to its successor, and a bug that comes again is not met in a hurry.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private void ReceiveFromTaskManagers()
    {
        Command<RegisterTaskManager>(OnRegister);
        Command<RenewLease>(OnRenew);
        Command<PeerLost>(OnPeerLost);
        Command<LookAtLeases>(_ => OnLookAtLeases());
        Command<NodeDead>(dead => LoseNode(dead.Node, "is dead"));
        Command<Terminated>(OnTerminated);
    }

    private void ReceiveFromJobMasters()
    {
        Command<SlotsWanted>(wanted =>
        {
            _held.Remove(wanted.Job);
            if (wanted.Count > 0 && MustWaitForLeases(wanted)) _held[wanted.Job] = wanted;
            else Request(wanted);
        });
        Command<SlotsReleased>(released =>
        {
            _held.Remove(released.Job);
            _slots.Release(released.Job);
            Grant();
        });
        Command<JobSummary>(s => _summaries[new JobId(s.JobId)] = s);
        Command<JobEndReported>(OnEnded);
        Command<RestartJobMaster>(Restart);
        Command<SuspendJobs>(_ => OnSuspend());
    }

    /// <summary>Nothing is done before the term is stored: of two leaders only one can store it.</summary>
    private void OnRecovered() => Persist(new LeaderStarted { Term = _registry.Term + 1 }, started =>
    {
        _registry.Apply(started);
        _log.Info("This JobManager leads, term {0}", started.Term);
        BeginLeases();
        foreach (JobRegistered job in _registry.Active) StartJobMaster(new JobId(job.JobId), job.Sequence);
        // They only remove what they have stored; a leader has died before they could.
        foreach (string job in _registry.Unforgotten) StartJobMaster(new JobId(job), sequence: 0);
    });

    private void StartJobMaster(JobId job, long sequence)
    {
        long term = _registry.Term;
        var props = Props.Create(
            () => new JobMasterActor(job, sequence, term, _options, _store, _submission));
        _jobMasters[job] = Context.Watch(Context.ActorOf(props));
    }

    private void OnTerminated(Terminated terminated)
    {
        if (
            _jobMasters.FirstOrDefault(j => j.Value.Equals(terminated.ActorRef)) is { Value: not null } gone)
        {
            _jobMasters.Remove(gone.Key);
            _held.Remove(gone.Key);
            _slots.Release(gone.Key);
            if (_registry.Active.FirstOrDefault(j => j.JobId == gone.Key.Value) is { } job)
                RestartLater(gone.Key, job.Sequence);
            else if (_registry.Unforgotten.Contains(gone.Key.Value))
                Remember(new JobForgotten { JobId = gone.Key.Value }, () => { });
            Grant();
        }
        else
        {
            OnTaskManagerGone(terminated);
        }
    }

    /// <summary>
    /// A JobMaster that could not store an event has stopped; its successor starts from what is stored.
    /// </summary>
    private void RestartLater(JobId job, long sequence) =>
        Timers.StartSingleTimer(job, new RestartJobMaster(job, sequence), JobMasterRestartDelay);

    /// <summary>
    /// What stopped the JobMaster may be that of another leader. So the term is stored once more first: where
    /// another one has begun that conflicts and this leader stops, instead of taking the job away from it.
    /// </summary>
    private void Restart(RestartJobMaster restart)
    {
        if (!CanStart(restart.Job)) return;
        Remember(new LeaderStarted { Term = _registry.Term }, () =>
        {
            if (CanStart(restart.Job)) StartJobMaster(restart.Job, restart.Sequence);
        });
    }

    private bool CanStart(JobId job) =>
        !_isSuspended && _registry.IsActive(job) && !_jobMasters.ContainsKey(job);

    private void OnSuspend()
    {
        _isSuspended = true;
        Task.WhenAll(_jobMasters.Values.Select(j => j.GracefulStop(SuspendTimeout)))
            .PipeTo(Sender, Self, () => JobsSuspended.Instance, _ => JobsSuspended.Instance);
    }

    private void OnEnded(JobEndReported ended)
    {
        IActorRef jobMaster = Sender;
        if (!_registry.IsActive(ended.Job))
        {
            if (_registry.Archived(ended.Job) is not null) jobMaster.Tell(ForgetJob.Instance);
            return;
        }
        _summaries.Remove(ended.Job);
        Remember(new JobArchived { Report = ended.Report }, () => jobMaster.Tell(ForgetJob.Instance));
    }

    private void Grant()
    {
        foreach (SlotGrant grant in _slots.GrantWaiting())
        {
            if (_jobMasters.TryGetValue(grant.Job, out IActorRef? jobMaster))
                jobMaster.Tell(new SlotsGranted(grant.Number, grant.Slots));
            else _slots.Release(grant.Job);
        }
        foreach (JobId job in _slots.Waiting)
            if (_jobMasters.TryGetValue(job, out IActorRef? jobMaster))
                jobMaster.Tell(new SlotWait(_slots.DescribeWait(job) ?? ""));
    }

    private void Remember(IMessage happened, Action then) => Persist(happened, _ =>
    {
        _registry.Apply(happened);
        then();
        if (LastSequenceNr - _lastSnapshot < EventsPerSnapshot) return;
        _lastSnapshot = LastSequenceNr;
        SaveSnapshot(_registry.ToSnapshot());
    });

    private static IActorRef Resolve(string path) =>
        ((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(path);

    private sealed record RestartJobMaster(JobId Job, long Sequence);
}
