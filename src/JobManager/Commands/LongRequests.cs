using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Savepoints and what begins with one: they take long, and must happen once. Such a request has a name, by
/// which the job's master knows it again: it can be asked as often as its answer may have been lost, by
/// whichever JobManager, of whichever leader.
/// </summary>
internal sealed class LongRequests(LeaderClient leader)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Then the answer may be lost, with a connection or a leader that began again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>For the job to run again, before a request is repeated.</summary>
    private static readonly TimeSpan RunPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until it is answered.</summary>
    /// <param name="call">Whose id is the request's name.</param>
    /// <exception cref="MillraceException">What the JobMaster says, Invalid; Unavailable: it says nothing.
    /// </exception>
    public async Task<T> AskAsync<T>(
        CommandCall call, IMessage request, string jobId, CancellationToken cancel)
        where T : class, IMessage
    {
        long start = leader.Time.GetTimestamp();
        bool isRepeated = call.IsRepeated;
        while (true)
        {
            if (isRepeated) await RunsAsync(jobId, cancel).ConfigureAwait(false);
            isRepeated = true;
            try
            {
                T? answer =
                    await leader.AskUntilMovedAsync<T>(request, Patience, cancel).ConfigureAwait(false);
                if (answer is not null) return answer;
            }
            catch (MillraceException e)
            {
                bool isLost = e.InnerException is AskTimeoutException;
                if (isLost && leader.Time.GetElapsedTime(start) < Longest) continue;
                throw isLost ? e : new MillraceException(ErrorKind.Invalid, e.Message, e);
            }
        }
    }

    /// <summary>
    /// A job whose leader has changed begins anew, and takes no savepoint before it runs; one that does not
    /// run for long says so itself.
    /// </summary>
    private async Task RunsAsync(string jobId, CancellationToken cancel)
    {
        long start = leader.Time.GetTimestamp();
        var get = new GetJob { JobId = jobId };
        while (true)
        {
            JobReport report = await leader.AskAsync<JobReport>(get, cancel).ConfigureAwait(false);
            if (report.State == JobStateCode.JobRunning || ((JobState)report.State).IsTerminal()
                || leader.Time.GetElapsedTime(start) >= RunPatience)
                return;
            await Task.Delay(PollPause, leader.Time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the end of a job.</summary>
    public async Task<JobReport> EndAsync(string jobId, CancellationToken cancel)
    {
        var get = new GetJob { JobId = jobId };
        while (true)
        {
            JobReport report = await leader.AskAsync<JobReport>(get, cancel).ConfigureAwait(false);
            if (((JobState)report.State).IsTerminal()) return report;
            try
            {
                JobReport? end = await leader.AskUntilMovedAsync<JobReport>(
                    new AwaitJob { JobId = jobId }, Patience, cancel).ConfigureAwait(false);
                if (end is not null && ((JobState)end.State).IsTerminal()) return end;
            }
            catch (MillraceException e) when (e.Kind == ErrorKind.Unavailable)
            {
                // The answer may be lost, or the job is being recovered: the next question finds out.
            }
        }
    }
}
