using System.Text.Json.Nodes;
using Xunit;

namespace Millrace.Pbm.Tests;

[Collection(ClusterGroup.Name)]
public sealed class JobCommandTests(TestCluster cluster)
{
    [Fact]
    public async Task A_job_is_submitted_with_files_of_the_client_and_followed_to_its_end()
    {
        using var job = new SmallJob("small");
        PbmRun run = await Pbm(job, "job", "submit", "-f", "jobs/job.yaml", "--output", "json");

        Assert.Equal((0, "FINISHED"), (run.ExitCode, (string)run.Json["state"]!));
        Assert.Equal(
            ["""{"id":1,"kind":"a"}""", """{"id":2,"kind":"b"}""", """{"id":3,"kind":"a"}"""], job.Answers());
        Assert.Contains("Job small is submitted as ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_list_prints_the_five_members_of_each_job()
    {
        using var job = new SmallJob("listed");
        PbmRun submitted =
            await Pbm(job, "job", "submit", "-f", "jobs/job.yaml", "--detached", "--output", "json");
        PbmRun list = await Pbm(job, "job", "list", "--output", "json");

        JsonObject row = list.Json.AsArray().Select(r => r!.AsObject())
            .Single(r => (string)r["id"]! == (string)submitted.Json["id"]!);
        Assert.Equal(["id", "name", "state", "attempt", "restarts"], row.Select(m => m.Key));
        Assert.Equal("listed", (string)row["name"]!);
        Assert.Equal(0, (await Pbm(job, "job", "watch", (string)row["id"]!)).ExitCode);
    }

    [Fact]
    public async Task A_running_job_is_shown_and_canceled_by_the_beginning_of_its_id()
    {
        using var job = new SmallJob("endless", isEndless: true);
        string id = await StartAsync(job);

        PbmRun show = await Pbm(job, "job", "show", id[..12], "--output", "json");
        Assert.Equal(("endless", "RUNNING"), ((string)show.Json["name"]!, (string)show.Json["state"]!));
        PbmRun cancel = await Pbm(job, "job", "cancel", id[..12], "--output", "json");
        Assert.Equal((0, "CANCELED"), (cancel.ExitCode, (string)cancel.Json["state"]!));
    }

    [Fact]
    public async Task A_savepoint_is_taken_below_a_folder_of_the_client_and_started_from()
    {
        using var job = new SmallJob("saved", isEndless: true);
        string id = await StartAsync(job);

        PbmRun saved = await Pbm(job, "job", "savepoint", id, "sp", "--output", "json");
        string path = (string)saved.Json["savepoint"]!;
        Assert.StartsWith(job.Files.File("sp"), path, StringComparison.Ordinal);
        PbmRun listed = await Pbm(job, "job", "checkpoints", id, "--output", "json");
        Assert.Contains(listed.Json.AsArray(), c => (string)c!["folder"]! == path);
        Assert.Equal(0, (await Pbm(job, "job", "cancel", id)).ExitCode);

        string again = await StartAsync(job, "-s", Path.GetRelativePath(job.Folder, path));
        PbmRun canceled = await Pbm(job, "job", "cancel", again, "--savepoint", "sp", "--output", "json");
        Assert.Equal("CANCELED", (string)canceled.Json["state"]!);
        Assert.True(Directory.Exists((string)canceled.Json["savepoint"]!));
    }

    [Fact]
    public async Task A_savepoint_of_another_job_is_refused()
    {
        using var job = new SmallJob("saved", isEndless: true);
        string id = await StartAsync(job);
        PbmRun stopped = await Pbm(job, "job", "stop", id, "--savepoint", "sp", "--output", "json");
        Assert.Equal("FINISHED", (string)stopped.Json["state"]!);

        using var other = new SmallJob("other");
        string sql = File.ReadAllText(other.Files.File("jobs/sql/job.sql"));
        sql = sql.Replace("TABLE events", "TABLE others").Replace("FROM events", "FROM others");
        other.Files.Write("jobs/sql/job.sql", sql);
        PbmRun run = await Pbm(
            other, "job", "submit", "-f", "jobs/job.yaml", "-s", (string)stopped.Json["savepoint"]!);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("(job 'saved') holds state of operators that job 'other' does not have", run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_savepoint_without_a_folder_goes_beside_the_jobs_checkpoints()
    {
        using var job = new SmallJob("beside", isEndless: true);
        string id = await StartAsync(job);
        PbmRun stopped = await Pbm(job, "job", "stop", id, "--output", "json");
        Assert.Equal((0, ""), (stopped.ExitCode, stopped.Error));
        Assert.StartsWith(
            job.Files.File("checkpoints/savepoints/"), (string)stopped.Json["savepoint"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_job_gets_another_parallelism()
    {
        using var job = new SmallJob("rescaled", isEndless: true);
        string id = await StartAsync(job);
        PbmRun run = await Pbm(job, "job", "rescale", id, "--parallelism", "2", "--output", "json");
        Assert.Equal((0, 2), (run.ExitCode, (int)run.Json["parallelism"]!));
        PbmRun refused = await Pbm(job, "job", "rescale", id, "-p", "4000");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is not in 1..128 (max_parallelism)", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await Pbm(job, "job", "cancel", id)).ExitCode);
    }

    [Fact]
    public async Task Validate_and_rescale_say_when_the_cluster_lacks_slots()
    {
        const string Lacks = "The job needs 17 slots and the cluster has 16: it waits until there are more.";
        using var job = new SmallJob("wide", isEndless: true);
        PbmRun valid = await Pbm(
            job, "job", "validate", "-f", "jobs/job.yaml", "--conf", "runtime.parallelism=17",
            "--output", "json");
        Assert.Equal(Lacks, (string?)Assert.Single(valid.Json["notes"]!.AsArray()));
        PbmRun large = await Pbm(
            job, "job", "validate", "-f", "jobs/job.yaml", "--conf", "resources.taskmanager.cpu=5000",
            "--output", "json");
        Assert.StartsWith(
            "The job needs 1 slot on TaskManagers with at least 5000 cpus (resources.taskmanager) and the "
            + "cluster has none: it waits until there are more; the only one offers ",
            (string?)Assert.Single(large.Json["notes"]!.AsArray()), StringComparison.Ordinal);
        string id = await StartAsync(job);
        PbmRun rescaled = await Pbm(job, "job", "rescale", id, "-p", "17");
        Assert.Equal((0, Lacks + "\n"), (rescaled.ExitCode, rescaled.Error));
        Assert.Equal(0, (await Pbm(job, "job", "cancel", id)).ExitCode);
    }

    [Fact]
    public async Task A_job_that_asks_for_more_slots_than_there_are_waits_and_says_what_it_lacks()
    {
        using var job = new SmallJob("too-large");
        PbmRun submitted = await Pbm(
            job, "job", "submit", "-f", "jobs/job.yaml", "--conf", "runtime.parallelism=17", "--detached",
            "--output", "json");
        Assert.Equal(0, submitted.ExitCode);
        Assert.Contains("needs 17 slots", submitted.Error, StringComparison.Ordinal);
        string id = (string)submitted.Json["id"]!;
        JsonNode shown;
        do shown = (await Pbm(job, "job", "show", id, "--output", "json")).Json;
        while ((string?)shown["detail"] is null or "");
        Assert.StartsWith(
            "needs 17 slots; the cluster has 16 slots on 1 TaskManager, ", (string)shown["detail"]!,
            StringComparison.Ordinal);
        Assert.Equal("CREATED", (string)shown["state"]!);
        Assert.Equal(0, (await Pbm(job, "job", "cancel", id)).ExitCode);
    }

    [Fact]
    public async Task Of_two_jobs_of_one_name_the_one_that_has_not_ended_is_meant_or_both_are_listed()
    {
        using var job = new SmallJob("twins", isEndless: true);
        string first = await StartAsync(job), second = await StartAsync(job);

        PbmRun both = await Pbm(job, "job", "show", "twins");
        Assert.Equal(1, both.ExitCode);
        Assert.Equal(
            $"'twins' may be any of {first} (RUNNING), {second} (RUNNING); name one by its id.\n",
            both.Error);
        Assert.Equal(0, (await Pbm(job, "job", "cancel", first)).ExitCode);
        PbmRun one = await Pbm(job, "job", "cancel", "twins", "--output", "json");
        Assert.Equal(second, (string)one.Json["id"]!);
    }

    [Fact]
    public async Task Explain_shows_the_plan_and_validate_what_the_job_would_need()
    {
        using var job = new SmallJob("planned");
        PbmRun plan = await Pbm(job, "job", "explain", "-f", "jobs/job.yaml");
        Assert.StartsWith("Sink(answers) uid=sink-answers", plan.Out, StringComparison.Ordinal);
        PbmRun valid = await Pbm(job, "job", "validate", "-f", "jobs/job.yaml", "--output", "json");
        Assert.Equal((0, 1), (valid.ExitCode, (int)valid.Json["slots"]!));
        Assert.False(Directory.Exists(job.Files.File("answers")));
    }

    [Fact]
    public async Task A_variable_is_set_and_its_relative_path_is_the_client_s()
    {
        using var job = new SmallJob("elsewhere");
        job.Files.Write("more/part-0", """{"id":9,"kind":"z"}""" + "\n");
        PbmRun run = await Pbm(job, "job", "submit", "-f", "jobs/job.yaml", "--set", "events=more");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["""{"id":9,"kind":"z"}"""], job.Answers());
        Assert.True(Directory.Exists(job.Files.File("checkpoints")));
    }

    [Fact]
    public async Task A_job_that_needs_more_slots_than_there_are_waits_and_says_so()
    {
        using var job = new SmallJob("large", isEndless: true);
        PbmRun run = await Pbm(
            job, "job", "submit", "-f", "jobs/job.yaml", "--conf", "runtime.parallelism=40", "--detached",
            "--output", "json");
        Assert.Equal(0, run.ExitCode);
        string detail = "";
        while (detail.Length == 0)
            detail = (string)(await Pbm(
                job, "job", "show", (string)run.Json["id"]!, "--output", "json")).Json["detail"]!;
        Assert.Contains("needs 40 slots; the cluster has 16 slots", detail, StringComparison.Ordinal);
        Assert.Equal(0, (await Pbm(job, "job", "cancel", (string)run.Json["id"]!)).ExitCode);
    }

    private async Task<string> StartAsync(SmallJob job, params string[] arguments)
    {
        PbmRun run = await Pbm(
            job, ["job", "submit", "-f", "jobs/job.yaml", "--detached", "--output", "json", .. arguments]);
        Assert.Equal("", run.Error);
        string id = (string)run.Json["id"]!;
        while ((string)(await Pbm(job, "job", "show", id, "--output", "json")).Json["state"]! != "RUNNING")
            await Task.Delay(10);
        return id;
    }

    private Task<PbmRun> Pbm(SmallJob job, params string[] arguments) =>
        PbmRun.Of(job.Folder, [cluster.Address, .. arguments]);
}
