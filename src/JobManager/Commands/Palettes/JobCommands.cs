using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>What the commands of the palette <c>job</c> do.</summary>
internal sealed class JobCommands(LeaderClient leader)
{
    private readonly JobFollower _follower = new(leader);
    private readonly LongRequests _long = new(leader);

    /// <summary>
    /// The call's id is the job's, so that the same call submits one job, however often it comes.
    /// </summary>
    public async Task<Result> SubmitAsync(CommandCall call, CancellationToken cancel)
    {
        SubmitJob submit = await JobFileReader.ReadAsync(call, cancel).ConfigureAwait(false);
        await leader.AskAsync<JobSubmitted>(submit, cancel).ConfigureAwait(false);
        if (!call.Arguments.Has("detached"))
        {
            if (!call.IsRepeated)
                await call.SayAsync($"Job {submit.Name} is submitted as {call.Id}.", cancel)
                    .ConfigureAwait(false);
            return await _follower.FollowAsync(call, call.Id, cancel).ConfigureAwait(false);
        }
        JobReport report = await ReportAsync(call.Id, cancel).ConfigureAwait(false);
        // Where it does not say yet what it waits for, it may not have been told.
        string wait = report.Detail.Length > 0
            ? report.Detail
            : await LackingAsync(report.Parallelism, report.Settings, cancel).ConfigureAwait(false);
        foreach (string note in report.Notes.Append(wait).Where(n => n.Length > 0))
            await call.SayAsync(note, cancel).ConfigureAwait(false);
        return new Result(StateOf(report));
    }

    public async Task<JsonNode?> ListAsync(CommandCall call, CancellationToken cancel) =>
        JobDocuments.List(await JobsAsync(cancel).ConfigureAwait(false));

    public async Task<JsonNode?> ShowAsync(CommandCall call, CancellationToken cancel) =>
        JobDocuments.Job(await ReportOfAsync(call, cancel).ConfigureAwait(false));

    public async Task<Result> WatchAsync(CommandCall call, CancellationToken cancel) =>
        await _follower.FollowAsync(call, await JobOfAsync(call, cancel).ConfigureAwait(false), cancel)
            .ConfigureAwait(false);

    public async Task<JsonNode?> CancelAsync(CommandCall call, CancellationToken cancel)
    {
        JobReport report = await ReportOfAsync(call, cancel).ConfigureAwait(false);
        string? savepoint = null;
        var request = new CancelJob { JobId = report.JobId, Request = call.Id };
        if (call.Arguments.Text("savepoint") is { } folder)
        {
            request.SavepointTarget = call.Locate(folder);
            savepoint = (await _long.AskAsync<SavepointDone>(call, request, report.JobId, cancel)
                .ConfigureAwait(false)).Path;
        }
        else if (!call.IsRepeated || report.State != JobStateCode.JobCanceled)
            await leader.AskAsync<RequestDone>(request, cancel).ConfigureAwait(false);
        return StateOf(await _long.EndAsync(report.JobId, cancel).ConfigureAwait(false), savepoint);
    }

    public async Task<JsonNode?> StopAsync(CommandCall call, CancellationToken cancel)
    {
        JobReport report = await ReportOfAsync(call, cancel).ConfigureAwait(false);
        string savepoint = await SaveAsync(
            call, report, TargetOf(call, "savepoint", report), stop: true, cancel)
            .ConfigureAwait(false);
        return StateOf(await _long.EndAsync(report.JobId, cancel).ConfigureAwait(false), savepoint);
    }

    public async Task<JsonNode?> SavepointAsync(CommandCall call, CancellationToken cancel)
    {
        JobReport report = await ReportOfAsync(call, cancel).ConfigureAwait(false);
        string savepoint = await SaveAsync(
            call, report, TargetOf(call, "folder", report), stop: false, cancel)
            .ConfigureAwait(false);
        return StateOf(await ReportAsync(report.JobId, cancel).ConfigureAwait(false), savepoint);
    }

    public async Task<JsonNode?> CheckpointsAsync(CommandCall call, CancellationToken cancel) =>
        JobDocuments.Checkpoints(await ReportOfAsync(call, cancel).ConfigureAwait(false));

    public async Task<JsonNode?> ExceptionsAsync(CommandCall call, CancellationToken cancel) =>
        JobDocuments.Exceptions(await ReportOfAsync(call, cancel).ConfigureAwait(false));

    public async Task<JsonNode?> ExplainAsync(CommandCall call, CancellationToken cancel)
    {
        SubmitJob job = await JobFileReader.ReadAsync(call, cancel).ConfigureAwait(false);
        var explain = new ExplainJob { Name = job.Name, Sql = job.Sql };
        JobExplained plan = await leader.AskAsync<JobExplained>(explain, cancel).ConfigureAwait(false);
        return new JsonObject { ["name"] = job.Name, ["plan"] = plan.Text };
    }

    public async Task<JsonNode?> ValidateAsync(CommandCall call, CancellationToken cancel)
    {
        SubmitJob job = await JobFileReader.ReadAsync(call, cancel).ConfigureAwait(false);
        JobValidated valid = await leader.AskAsync<JobValidated>(new ValidateJob { Job = job }, cancel)
            .ConfigureAwait(false);
        SlotCount slots = await leader.AskAsync<SlotCount>(new GetSlots(), cancel).ConfigureAwait(false);
        string lacking = await LackingAsync(valid.Slots, job.Settings, cancel).ConfigureAwait(false);
        IEnumerable<string> notes = valid.Notes.Append(lacking).Where(n => n.Length > 0);
        return new JsonObject
        {
            ["name"] = job.Name,
            ["valid"] = true,
            ["slots"] = valid.Slots,
            ["freeSlots"] = slots.Free,
            ["totalSlots"] = slots.Total,
            ["notes"] = new JsonArray([.. notes.Select(n => JsonValue.Create(n))]),
        };
    }

    public async Task<JsonNode?> RescaleAsync(CommandCall call, CancellationToken cancel)
    {
        int parallelism = call.Arguments.RequiredCount("parallelism");
        JobReport report = await ReportOfAsync(call, cancel).ConfigureAwait(false);
        var request = new RescaleJob { JobId = report.JobId, Parallelism = parallelism, Request = call.Id };
        JobRescaled rescaled = await _long.AskAsync<JobRescaled>(call, request, report.JobId, cancel)
            .ConfigureAwait(false);
        string lacking = await LackingAsync(rescaled.Parallelism, report.Settings, cancel)
            .ConfigureAwait(false);
        if (lacking.Length > 0) await call.SayAsync(lacking, cancel).ConfigureAwait(false);
        JsonObject state = StateOf(await ReportAsync(report.JobId, cancel).ConfigureAwait(false));
        state["parallelism"] = rescaled.Parallelism;
        state["from"] = rescaled.Path;
        return state;
    }

    /// <returns>Empty where the cluster has the slots, taken or not.</returns>
    private async Task<string> LackingAsync(int needed, JobSettings? settings, CancellationToken cancel)
    {
        TaskManagerList nodes = await leader.AskAsync<TaskManagerList>(new ListTaskManagers(), cancel)
            .ConfigureAwait(false);
        return LackingSlots.Note(needed, settings, nodes.TaskManagers);
    }

    private async Task<string> SaveAsync(
        CommandCall call, JobReport report, string target, bool stop, CancellationToken cancel)
    {
        var request = new TakeSavepoint
        {
            JobId = report.JobId,
            Target = target,
            Stop = stop,
            Request = call.Id,
        };
        return (await _long.AskAsync<SavepointDone>(call, request, report.JobId, cancel)
            .ConfigureAwait(false)).Path;
    }

    /// <summary>
    /// Of a savepoint for which the user names no folder: beside the folders that jobs have for checkpoints.
    /// </summary>
    private static string TargetOf(CommandCall call, string argument, JobReport report)
    {
        if (call.Arguments.Text(argument) is { } folder) return call.Locate(folder);
        const string Below = "savepoints";
        if (report.Settings?.CheckpointDir is { Length: > 0 } own) return Path.Combine(own, Below);
        string? checkpoint = report.Checkpoints
            .LastOrDefault(c => !c.Savepoint && c.Folder.Length > 0)?.Folder;
        return Path.GetDirectoryName(Path.GetDirectoryName(checkpoint)) is { } checkpoints
            ? Path.Combine(checkpoints, Below)
            : throw new MillraceException(
                ErrorKind.Invalid,
                $"Job {report.Name} has no checkpoints yet; name a folder for the savepoint.");
    }

    private async Task<JobReport> ReportOfAsync(CommandCall call, CancellationToken cancel) =>
        await ReportAsync(await JobOfAsync(call, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    private Task<JobReport> ReportAsync(string jobId, CancellationToken cancel) =>
        leader.AskAsync<JobReport>(new GetJob { JobId = jobId }, cancel);

    private async Task<string> JobOfAsync(CommandCall call, CancellationToken cancel) => JobNames.Resolve(
        call.Arguments.Required("job"), (await JobsAsync(cancel).ConfigureAwait(false)).Jobs).JobId;

    private Task<JobList> JobsAsync(CancellationToken cancel) =>
        leader.AskAsync<JobList>(new ListJobs(), cancel);

    private static JsonObject StateOf(JobReport report, string? savepoint = null)
    {
        var state = new JsonObject
        {
            ["id"] = report.JobId,
            ["name"] = report.Name,
            ["state"] = JobDocuments.State(report.State),
        };
        if (savepoint is not null) state["savepoint"] = savepoint;
        return state;
    }
}
