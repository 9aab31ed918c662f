using Akka.Actor;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Planning;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>What clients ask of the job.</summary>
internal sealed partial class JobMasterActor
{
    /// <summary>Digits of the job's id in the names of its savepoints.</summary>
    private const int ShortJobLength = 6;

    private void ReceiveFromClients()
    {
        Command<GetJob>(_ => Sender.Tell(_reporter!.Report()), _ => _machine is not null);
        Command<AwaitJob>(OnAwait, _ => _machine is not null);
        Command<CancelJob>(OnCancel, _ => _machine is not null);
        Command<TakeSavepoint>(OnSavepoint, _ => _machine is not null);
        Command<FailSubtask>(OnFailSubtask, _ => _machine is not null);
        Command<RescaleJob>(OnRescale, _ => _machine is not null);
        Command<GetJob>(_ => Sender.Tell(NotYet()));
        Command<AwaitJob>(_ => Sender.Tell(NotYet()));
        Command<CancelJob>(_ => Sender.Tell(NotYet()));
        Command<TakeSavepoint>(_ => Sender.Tell(NotYet()));
        Command<FailSubtask>(_ => Sender.Tell(NotYet()));
        Command<RescaleJob>(_ => Sender.Tell(NotYet()));
    }

    private void OnAwait(AwaitJob await)
    {
        if (_machine!.State.IsTerminal() && _folderChanges == 0) Sender.Tell(_reporter!.Report());
        else _waiters.Add(Sender);
    }

    private void OnCancel(CancelJob request)
    {
        if (request.SavepointTarget.Length > 0)
        {
            TakeSavepoint(request.SavepointTarget, AfterSavepoint.Cancel);
            return;
        }
        Sender.Tell(new RequestDone());
        Execute(_machine!.Cancel(Now));
    }

    private void OnSavepoint(TakeSavepoint request) =>
        TakeSavepoint(request.Target, request.Stop ? AfterSavepoint.Stop : AfterSavepoint.GoOn);

    private void TakeSavepoint(string target, AfterSavepoint then)
    {
        string shortJob = _job.Value[..Math.Min(ShortJobLength, _job.Value.Length)];
        Execute(_machine!.Savepoint(new SavepointRequest(NextRequest(Sender), target, shortJob, then), Now));
    }

    private int NextRequest(IActorRef client)
    {
        int id = ++_lastRequest;
        _savepointClients[id] = client;
        return id;
    }

    /// <summary>Planning takes a while and is done beside the actor.</summary>
    private void OnRescale(RescaleJob request)
    {
        IActorRef client = Sender;
        SubmissionAccepted submission = _record.Submission!;
        _options.Background(() => _submission.Rescale(submission, request.Parallelism, client)).PipeTo(Self);
    }

    private void OnRescalePlanned(RescalePlanned planned) =>
        Execute(_machine!.Rescale(NextRequest(planned.Client), planned.Plan, Now));

    private void OnFailSubtask(FailSubtask request)
    {
        IReadOnlyList<JobEffect>? effects = _machine!.Inject(
            new SubtaskKey(request.Vertex, request.Subtask), request.Reason);
        if (effects is null)
        {
            Sender.Tell(new RequestFailed
            {
                Kind = FailureKind.FailureUnavailable,
                Message = "That subtask does not run now."
            });
            return;
        }
        Sender.Tell(new RequestDone());
        Execute(effects);
    }

    private RequestFailed NotYet() => new()
    {
        Kind = FailureKind.FailureUnavailable,
        Message = $"Job {_job} is being submitted; ask again.",
    };
}
