using Akka.Actor;
using Google.Protobuf;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Savepoints and what begins with one: they take long, and must not be asked for twice. A leader that
/// changes meanwhile has lost the question: what became of it is read from the job's report, and it is asked
/// again where nothing did.
/// </summary>
internal sealed class LongRequests(LeaderClient leader)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes a savepoint.</summary>
    /// <param name="request">TakeSavepoint, or CancelJob with a savepoint.</param>
    /// <param name="target">The folder that it names.</param>
    /// <returns>The savepoint's own folder below it.</returns>
    /// <exception cref="MillraceException">What the JobMaster says.</exception>
    public async Task<string> SaveAsync(
        IMessage request, JobReport before, string target, CancellationToken cancel)
    {
        long last = before.Checkpoints.Select(c => c.CheckpointId).DefaultIfEmpty().Max();
        SavepointDone done = await AskAsync(
            request, before.JobId, report => Find(report, last, target), cancel).ConfigureAwait(false);
        return done.Path;
    }

    /// <summary>Asks until it is answered.</summary>
    /// <param name="outcome">What a report shows of the answer; null while there is none.</param>
    /// <exception cref="MillraceException">What the JobMaster says.</exception>
    public async Task<T> AskAsync<T>(
        IMessage request, string jobId, Func<JobReport, T?> outcome, CancellationToken cancel)
        where T : class, IMessage
    {
        while (true)
        {
            Address? asked = leader.Leader;
            using var moved = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task<T> answer = leader.AskOnceAsync<T>(request, Longest, moved.Token);
            try
            {
                if (await IsAnsweredAsync(answer, asked, cancel).ConfigureAwait(false))
                    return await answer.ConfigureAwait(false);
                await moved.CancelAsync().ConfigureAwait(false);
            }
            catch (MillraceException) when (!Equals(asked, leader.Leader))
            {
                // An answer of a leader that was stopping.
            }
            var get = new GetJob { JobId = jobId };
            JobReport report = await leader.AskAsync<JobReport>(get, cancel).ConfigureAwait(false);
            if (outcome(report) is { } found) return found;
        }
    }

    /// <returns>False when the leader has changed first.</returns>
    private async Task<bool> IsAnsweredAsync(Task answer, Address? asked, CancellationToken cancel)
    {
        while (!answer.IsCompleted && (leader.Leader is not { } now || now.Equals(asked)))
            await Task.WhenAny(answer, Task.Delay(PollPause, leader.Time, cancel)).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        return answer.IsCompleted;
    }

    private static SavepointDone? Find(JobReport report, long after, string target) => report.Checkpoints
        .Where(c => c.Savepoint && c.Failure.Length == 0 && c.CheckpointId > after
            && c.Folder.StartsWith(target, StringComparison.Ordinal))
        .Select(c => new SavepointDone { Path = c.Folder }).LastOrDefault();
}
