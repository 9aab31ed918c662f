using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Scheduling;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

internal sealed partial class JobManagerActor
{
    private void ReceiveFromClients()
    {
        Command<SubmitJob>(OnSubmit);
        Command<PlannedJob>(OnPlanned);
        Command<RefusedJob>(r => r.Client.Tell(r.Answer));
        Command<ExplainJob>(OnExplain);
        Command<ValidateJob>(OnValidate);
        Command<ListJobs>(_ => OnList());
        Command<ListTaskManagers>(_ => OnListTaskManagers());
        Command<GetJob>(m => PassOn(m, m.JobId));
        Command<AwaitJob>(m => PassOn(m, m.JobId));
        Command<CancelJob>(m => PassOn(m, m.JobId));
        Command<TakeSavepoint>(m => PassOn(m, m.JobId));
        Command<RescaleJob>(m => PassOn(m, m.JobId));
        Command<FailSubtask>(m => PassOn(m, m.JobId));
        Command<GetSlots>(_ => Sender.Tell(new SlotCount { Total = _slots.Count, Free = _slots.FreeCount }));
    }

    /// <summary>
    /// Planning takes a while and is done beside the actor; a job that is known is not planned again.
    /// </summary>
    private void OnSubmit(SubmitJob submit)
    {
        var job = new JobId(submit.JobId);
        // A JobMaster that has told how it does has stored the submission; another may not have heard of it.
        if (_summaries.ContainsKey(job) || _registry.Archived(job) is not null)
        {
            Sender.Tell(new JobSubmitted { JobId = submit.JobId });
            return;
        }
        IActorRef client = Sender;
        _options.Background(() => _submission.Prepare(submit, client)).PipeTo(Self);
    }

    private void OnPlanned(PlannedJob planned)
    {
        var job = new JobId(planned.Submission.JobId);
        if (_registry.Archived(job) is not null)
        {
            planned.Client.Tell(new JobSubmitted { JobId = job.Value });
            return;
        }
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

    private void OnExplain(ExplainJob explain)
    {
        IActorRef client = Sender;
        _options.Background(() => _submission.Explain(explain)).PipeTo(client);
    }

    private void OnValidate(ValidateJob validate)
    {
        IActorRef client = Sender;
        _options.Background(() => _submission.Validate(validate)).PipeTo(client);
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

    private static IMessage AnswerForEnded(IMessage message, JobReport report) => message switch
    {
        GetJob or AwaitJob => report,
        TakeSavepoint m when SavepointOf(m.Request, report) is { } done => done,
        CancelJob m when SavepointOf(m.Request, report) is { } done => done,
        CancelJob { SavepointTarget: "" } when report.State == JobStateCode.JobCanceled => new RequestDone(),
        _ => Failure(FailureKind.FailureInvalid, $"Job {report.JobId} has ended already."),
    };

    /// <summary>For a client that asks again, since it has not heard the answer.</summary>
    private static SavepointDone? SavepointOf(string request, JobReport report) =>
        request.Length > 0
        && report.Checkpoints.FirstOrDefault(c => c.Request == request && c.Failure.Length == 0) is { } taken
            ? new SavepointDone { Path = taken.Folder }
            : null;

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

    private void OnListTaskManagers()
    {
        Dictionary<string, string> names = _registry.Active.ToDictionary(j => j.JobId, j => j.Name);
        var list = new TaskManagerList();
        foreach (NodeOffer node in _slots.Nodes)
        {
            var report = new TaskManagerReport
            {
                Node = node.Node,
                MemoryBytes = node.MemoryBytes,
                Cpus = (int)node.Cpus,
                Exchange = node.Exchange,
                RegisteredAt = node.RegisteredAt.ToUnixTimeMilliseconds(),
            };
            foreach (Slot slot in _slots.SlotsOf(node.Node))
            {
                string job = _slots.OwnerOf(slot.Id)?.Value ?? "";
                report.Slots.Add(new SlotUse
                {
                    SlotId = slot.Id,
                    JobId = job,
                    JobName = names.GetValueOrDefault(job, ""),
                });
            }
            list.TaskManagers.Add(report);
        }
        Sender.Tell(list);
    }

    private static RequestFailed Failure(FailureKind kind, string message) =>
        new() { Kind = kind, Message = message };
}
