using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.JobManager.Execution;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>Shows a job to a client until it has ended; changes of the leader only make it wait.</summary>
internal sealed class JobFollower(LeaderClient leader)
{
    /// <summary>Between two pictures of the job, whose numbers move all the time: no event tells.</summary>
    private static readonly TimeSpan FramePause = TimeSpan.FromMilliseconds(250);

    /// <summary>Off a terminal a line without news comes this often.</summary>
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(5);

    /// <returns>The job in the end, and a sentence when it has failed.</returns>
    public async Task<Result> FollowAsync(CommandCall call, string jobId, CancellationToken cancel)
    {
        var progress = new JobProgress(leader.Time);
        string shown = "";
        long shownAt = leader.Time.GetTimestamp();
        while (true)
        {
            JobReport report = await leader.AskAsync<JobReport>(new GetJob { JobId = jobId }, cancel)
                .ConfigureAwait(false);
            progress.Observe(report);
            JsonObject document = JobDocuments.Progress(report, progress);
            if (((JobState)report.State).IsTerminal()) return End(report, document);
            string news = News(report, call.IsLive);
            if (call.IsLive || news != shown || leader.Time.GetElapsedTime(shownAt) >= LinePause)
            {
                await call.ShowAsync(document, cancel).ConfigureAwait(false);
                (shown, shownAt) = (news, leader.Time.GetTimestamp());
            }
            await Task.Delay(FramePause, leader.Time, cancel).ConfigureAwait(false);
        }
    }

    private static Result End(JobReport report, JsonObject document) => new(
        document,
        report.State == JobStateCode.JobFailed
            ? $"Job {report.Name} ({report.JobId}) has failed: {report.Detail}"
            : null);

    /// <summary>What is worth a line of its own.</summary>
    private static string News(JobReport report, bool isLive) => isLive
        ? ""
        : $"{report.State} {report.Attempt} {report.Restarts} {report.Detail}";
}
