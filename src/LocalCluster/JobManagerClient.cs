using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager;
using Millrace.JobManager.Status;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.Local;

/// <summary>Asks the JobManager and turns its answers into values and exceptions.</summary>
internal sealed class JobManagerClient(IActorRef jobManager)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Planning, or a savepoint of much state.</summary>
    private static readonly TimeSpan LongTimeout = TimeSpan.FromMinutes(30);

    public async Task<JobId> SubmitAsync(SubmitJob submit, CancellationToken cancel) =>
        new((await AskAsync<JobSubmitted>(submit, LongTimeout, cancel).ConfigureAwait(false)).JobId);

    public async Task<JobStatus> StatusAsync(JobId job, CancellationToken cancel) => StatusCodec.FromMessage(
        await AskAsync<JobReport>(
            new GetJob { JobId = job.Value }, AnswerTimeout, cancel).ConfigureAwait(false));

    /// <summary>The status once the job has ended, or is suspended because its JobManager stops.</summary>
    public async Task<JobStatus> AwaitAsync(JobId job, CancellationToken cancel)
    {
        while (true)
        {
            object answer = await jobManager.Ask<object>(
                new AwaitJob { JobId = job.Value }, LongTimeout, cancel)
                .ConfigureAwait(false);
            switch (answer)
            {
                case JobReport report: return StatusCodec.FromMessage(report);
                case RequestFailed { Kind: FailureKind.FailureUnavailable }: break;
                case RequestFailed failed:
                    throw new MillraceException(
                    (ErrorKind)failed.Kind, failed.Message);
                default: break; // A time-out of the question, not of the job.
            }
        }
    }

    public Task CancelAsync(JobId job, CancellationToken cancel) =>
        AskAsync<RequestDone>(new CancelJob { JobId = job.Value }, AnswerTimeout, cancel);

    public async Task<string> SavepointAsync(JobId job, string folder, bool stop, CancellationToken cancel)
    {
        var request = new TakeSavepoint { JobId = job.Value, Target = Path.GetFullPath(folder), Stop = stop };
        return (await AskAsync<SavepointDone>(request, LongTimeout, cancel).ConfigureAwait(false)).Path;
    }

    public Task RescaleAsync(JobId job, int parallelism, CancellationToken cancel) => AskAsync<JobRescaled>(
        new RescaleJob { JobId = job.Value, Parallelism = parallelism }, LongTimeout, cancel);

    /// <returns>False when that subtask was not running.</returns>
    public async Task<bool> FailAsync(
        JobId job, int vertex, int subtask, string reason, CancellationToken cancel)
    {
        var request =
            new FailSubtask { JobId = job.Value, Vertex = vertex, Subtask = subtask, Reason = reason };
        object answer = await jobManager.Ask<object>(request, AnswerTimeout, cancel).ConfigureAwait(false);
        return answer is RequestDone;
    }

    public Task<SlotCount> SlotsAsync(CancellationToken cancel) =>
        AskAsync<SlotCount>(new GetSlots(), AnswerTimeout, cancel);

    private async Task<T> AskAsync<T>(
        IMessage request, TimeSpan timeout, CancellationToken cancel) where T : IMessage
    {
        object answer = await jobManager.Ask<object>(request, timeout, cancel).ConfigureAwait(false);
        return answer switch
        {
            T expected => expected,
            RequestFailed failed => throw new MillraceException((ErrorKind)failed.Kind, failed.Message),
            _ => throw new MillraceException(
                ErrorKind.Bug, $"{request.Descriptor.Name} was answered with {answer.GetType()}."),
        };
    }
}
