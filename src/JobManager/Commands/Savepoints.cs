using Akka.Actor;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Takes savepoints, which take long. A leader that changes meanwhile has lost the question: what became of
/// it is read from the job's checkpoints, and it is asked again where nothing did.
/// </summary>
internal sealed class Savepoints(LeaderClient leader)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    /// <returns>The savepoint's own folder below <paramref name="target"/>.</returns>
    /// <exception cref="MillraceException">What the JobMaster says.</exception>
    public async Task<string> TakeAsync(string jobId, string target, bool stop, CancellationToken cancel)
    {
        JobReport before = await ReportAsync(jobId, cancel).ConfigureAwait(false);
        long last = before.Checkpoints.Select(c => c.CheckpointId).DefaultIfEmpty().Max();
        var request = new TakeSavepoint { JobId = jobId, Target = target, Stop = stop };
        while (true)
        {
            Address? asked = leader.Leader;
            using var moved = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task<SavepointDone> answer = leader.AskOnceAsync<SavepointDone>(request, Longest, moved.Token);
            try
            {
                if (await IsAnsweredAsync(answer, asked, cancel).ConfigureAwait(false))
                    return (await answer.ConfigureAwait(false)).Path;
                await moved.CancelAsync().ConfigureAwait(false);
            }
            catch (MillraceException) when (!Equals(asked, leader.Leader))
            {
                // An answer of a leader that was stopping.
            }
            JobReport report = await ReportAsync(jobId, cancel).ConfigureAwait(false);
            if (Find(report, last, target) is { } found) return found;
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

    private Task<JobReport> ReportAsync(string jobId, CancellationToken cancel) =>
        leader.AskAsync<JobReport>(new GetJob { JobId = jobId }, cancel);

    private static string? Find(JobReport report, long after, string target) => report.Checkpoints
        .LastOrDefault(c => c.Savepoint && c.Failure.Length == 0 && c.CheckpointId > after
            && c.Folder.StartsWith(target, StringComparison.Ordinal))?.Folder;
}
