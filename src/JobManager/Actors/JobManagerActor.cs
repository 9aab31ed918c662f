using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Google.Protobuf;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>
/// The cluster's singleton: knows every job (stored) and every slot (told by TaskManagers), gives slots to
/// jobs, and passes what clients ask to the job's JobMaster, its child.
/// </summary>
internal sealed class JobManagerActor : ReceivePersistentActor, IWithTimers
{
    private const int Protocol = 1;
    private const int EventsPerSnapshot = 100;
    private static readonly TimeSpan JobMasterRestartDelay = TimeSpan.FromSeconds(1);

    private readonly JobManagerOptions _options;
    private readonly ICheckpointStore _store;
    private readonly JobSubmission _submission;
    private readonly JobRegistry _registry;
    private readonly SlotPool _slots = new();
    private readonly Dictionary<JobId, IActorRef> _jobMasters = [];
    private readonly Dictionary<IActorRef, string> _taskManagers = [];
    private readonly Dictionary<JobId, JobSummary> _summaries = [];
    private readonly HashSet<JobId> _waiting = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _lastSnapshot;

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

    private void ReceiveFromClients()
    {
        Command<SubmitJob>(OnSubmit);
        Command<PlannedJob>(OnPlanned);
        Command<RefusedJob>(r => r.Client.Tell(r.Answer));
        Command<ListJobs>(_ => OnList());
        Command<GetJob>(m => PassOn(m, m.JobId));
        Command<AwaitJob>(m => PassOn(m, m.JobId));
        Command<CancelJob>(m => PassOn(m, m.JobId));
        Command<TakeSavepoint>(m => PassOn(m, m.JobId));
        Command<FailSubtask>(m => PassOn(m, m.JobId));
        Command<GetSlots>(_ => Sender.Tell(new SlotCount { Total = _slots.Count, Free = _slots.FreeCount }));
    }

    private void ReceiveFromTaskManagers()
    {
        Command<RegisterTaskManager>(OnRegister);
        Command<Terminated>(OnTerminated);
    }

    private void ReceiveFromJobMasters()
    {
        Command<SlotsWanted>(wanted =>
        {
            _slots.Request(wanted.Job, wanted.Sequence, wanted.Count);
            _waiting.Add(wanted.Job);
            Grant();
        });
        Command<SlotsReleased>(released =>
        {
            _slots.Release(released.Job);
            _waiting.Remove(released.Job);
            Grant();
        });
        Command<JobSummary>(s => _summaries[new JobId(s.JobId)] = s);
        Command<JobEndReported>(OnEnded);
        Command<RestartJobMaster>(r =>
        {
            if (_registry.IsActive(r.Job) && !_jobMasters.ContainsKey(r.Job))
                StartJobMaster(r.Job, r.Sequence);
        });
    }

    private void OnRecovered()
    {
        foreach (JobRegistered job in _registry.Active) StartJobMaster(new JobId(job.JobId), job.Sequence);
    }

    /// <summary>
    /// Planning takes a while and is done beside the actor; a job that is known is not planned again.
    /// </summary>
    private void OnSubmit(SubmitJob submit)
    {
        var job = new JobId(submit.JobId);
        if (_registry.IsActive(job) || _registry.Archived(job) is not null)
        {
            Sender.Tell(new JobSubmitted { JobId = submit.JobId });
            return;
        }
        IActorRef client = Sender;
        Task.Run(() => _submission.Prepare(submit, client)).PipeTo(Self);
    }

    private void OnPlanned(PlannedJob planned)
    {
        var job = new JobId(planned.Submission.JobId);
        planned.Submission.At = Context.System.Scheduler.Now.ToUnixTimeMilliseconds();
        if (_jobMasters.TryGetValue(job, out IActorRef? known))
        {
            known.Tell(new AcceptSubmission(planned.Submission, planned.Client));
            return;
        }
        var registered = new JobRegistered
        {
            JobId = job.Value,
            Sequence = _registry.NextSequence,
            Name = planned.Submission.Name,
        };
        Remember(registered, () =>
        {
            StartJobMaster(job, registered.Sequence);
            _jobMasters[job].Tell(new AcceptSubmission(planned.Submission, planned.Client));
        });
    }

    private void StartJobMaster(JobId job, long sequence)
    {
        var props = Props.Create(() => new JobMasterActor(job, sequence, _options, _store));
        _jobMasters[job] = Context.Watch(Context.ActorOf(props));
    }

    private void PassOn(IMessage message, string jobId)
    {
        var job = new JobId(jobId);
        if (_registry.Archived(job) is { } report) Sender.Tell(AnswerForEnded(message, report));
        else if (_jobMasters.TryGetValue(job, out IActorRef? jobMaster)) jobMaster.Forward(message);
        else if (_registry.IsActive(job))
            Sender.Tell(
                Failure(FailureKind.FailureUnavailable, $"Job {jobId} is being recovered; ask again."));
        else Sender.Tell(Failure(FailureKind.FailureInvalid, $"There is no job {jobId}."));
    }

    private static IMessage AnswerForEnded(IMessage message, JobReport report) =>
        message is GetJob or AwaitJob
        ? report
        : Failure(FailureKind.FailureInvalid, $"Job {report.JobId} has ended already.");

    private void OnList()
    {
        var list = new JobList();
        list.Jobs.AddRange(_registry.Archive.Select(Summary));
        foreach (JobRegistered job in _registry.Active)
            list.Jobs.Add(_summaries.GetValueOrDefault(new JobId(job.JobId))
                ?? new JobSummary
                {
                    JobId = job.JobId,
                    Name = job.Name,
                    State = JobStateCode.JobInitializing,
                });
        Sender.Tell(list);
    }

    private static JobSummary Summary(JobReport report) => new()
    {
        JobId = report.JobId,
        Name = report.Name,
        State = report.State,
        Attempt = report.Attempt,
        Restarts = report.Restarts,
    };

    private void OnRegister(RegisterTaskManager offer)
    {
        if (offer.Protocol != Protocol)
        {
            _log.Error("TaskManager {0} speaks protocol {1}, this JobManager {2}: refused", offer.Node,
                offer.Protocol, Protocol);
            return;
        }
        _slots.Register(
            offer.Node,
            [
                .. offer.Slots.Select(s => new Slot(s.SlotId, offer.Node, Resolve(s.Path))
                {
                    Exchange = offer.Exchange,
                }),
            ]);
        if (_taskManagers.TryAdd(Sender, offer.Node))
        {
            Context.Watch(Sender);
            _log.Info("TaskManager {0} offers {1} slots", offer.Node, offer.Slots.Count);
        }
        Sender.Tell(new TaskManagerRegistered());
        Grant();
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_taskManagers.Remove(terminated.ActorRef, out string? node))
        {
            _log.Warning("TaskManager {0} is gone", node);
            _slots.Lose(node);
            Grant();
        }
        else if (
            _jobMasters.FirstOrDefault(j => j.Value.Equals(terminated.ActorRef)) is { Value: not null } gone)
        {
            _jobMasters.Remove(gone.Key);
            _slots.Release(gone.Key);
            _waiting.Remove(gone.Key);
            if (_registry.Active.FirstOrDefault(j => j.JobId == gone.Key.Value) is { } job)
                RestartLater(gone.Key, job.Sequence);
            Grant();
        }
    }

    /// <summary>
    /// A JobMaster that could not store an event has stopped; its successor starts from what is stored.
    /// </summary>
    private void RestartLater(JobId job, long sequence) =>
        Timers.StartSingleTimer(job, new RestartJobMaster(job, sequence), JobMasterRestartDelay);

    private void OnEnded(JobEndReported ended)
    {
        if (!_registry.IsActive(ended.Job)) return;
        IActorRef jobMaster = Sender;
        _summaries.Remove(ended.Job);
        Remember(new JobArchived { Report = ended.Report }, () => jobMaster.Tell(ForgetJob.Instance));
    }

    private void Grant()
    {
        foreach (SlotGrant grant in _slots.GrantWaiting())
        {
            _waiting.Remove(grant.Job);
            if (_jobMasters.TryGetValue(grant.Job, out IActorRef? jobMaster))
                jobMaster.Tell(new SlotsGranted(grant.Slots));
            else _slots.Release(grant.Job);
        }
        foreach (JobId job in _waiting)
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

    private static RequestFailed Failure(FailureKind kind, string message) =>
        new() { Kind = kind, Message = message };

    private sealed record RestartJobMaster(JobId Job, long Sequence);
}
