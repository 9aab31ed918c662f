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
            TakeSavepoint(request.SavepointTarget, request.Request, AfterSavepoint.Cancel);
            return;
        }
        Sender.Tell(new RequestDone());
        Execute(_machine!.Cancel(Now));
    }

    private void OnSavepoint(TakeSavepoint request) => TakeSavepoint(
        request.Target, request.Request, request.Stop ? AfterSavepoint.Stop : AfterSavepoint.GoOn);

    private void TakeSavepoint(string target, string key, AfterSavepoint then)
    {
        if (IsUnderWay(key, Sender)) return;
        string shortJob = _job.Value[..Math.Min(ShortJobLength, _job.Value.Length)];
        var request = new SavepointRequest(NextRequest(key, Sender), target, shortJob, then) { Key = key };
        Execute(_machine!.Savepoint(request, Now));
    }

    private int NextRequest(string key, IActorRef client)
    {
        int id = ++_lastRequest;
        _savepointClients[id] = (key, client);
        return id;
    }

    /// <summary>Whether the request waits for its answer already; then whoever asked last gets it.</summary>
    private bool IsUnderWay(string key, IActorRef client)
    {
        if (key.Length == 0) return false;
        foreach ((int id, (string Key, IActorRef Client) asked) in _savepointClients)
        {
            if (asked.Key != key) continue;
            _savepointClients[id] = (key, client);
            return true;
        }
        return false;
    }

    /// <summary>Planning takes a while and is done beside the actor.</summary>
    private void OnRescale(RescaleJob request)
    {
        IActorRef client = Sender;
        SubmissionAccepted submission = _record.Submission!;
        _options.Background(() => _submission.Rescale(submission, request, client)).PipeTo(Self);
    }

    private void OnRescalePlanned(RescalePlanned planned)
    {
        if (IsUnderWay(planned.Plan.Key, planned.Client)) return;
        Execute(_machine!.Rescale(NextRequest(planned.Plan.Key, planned.Client), planned.Plan, Now));
    }

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
