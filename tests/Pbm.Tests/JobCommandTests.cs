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

    private async Task<string> StartAsync(SmallJob job)
    {
        PbmRun run = await Pbm(job, "job", "submit", "-f", "jobs/job.yaml", "--detached", "--output", "json");
        Assert.Equal("", run.Error);
        string id = (string)run.Json["id"]!;
        while ((string)(await Pbm(job, "job", "show", id, "--output", "json")).Json["state"]! != "RUNNING")
            await Task.Delay(10);
        return id;
    }

    private Task<PbmRun> Pbm(SmallJob job, params string[] arguments) =>
        PbmRun.Of(job.Folder, [cluster.Address, .. arguments]);
}
