using Xunit;

namespace Millrace.Pbm.Tests;

/// <summary>What is wrong gets one clear sentence with the client's names, and exit code 1.</summary>
[Collection(ClusterGroup.Name)]
public sealed class JobFailureTests(TestCluster cluster)
{
    [Fact]
    public async Task A_job_file_that_does_not_exist_is_named()
    {
        using var job = new SmallJob("x");
        await AssertFailsAsync(
            job, "The job file jobs/none.yaml does not exist.", "submit", "-f", "jobs/none.yaml");
    }

    [Fact]
    public async Task An_sql_file_that_does_not_exist_is_named_with_the_place_that_names_it()
    {
        using var job = new SmallJob("x");
        File.Delete(job.Files.File("jobs/sql/job.sql"));
        await AssertFailsAsync(
            job, "jobs/job.yaml:9:6: The SQL file jobs/sql/job.sql does not exist.",
            "submit", "-f", "jobs/job.yaml");
    }

    [Fact]
    public async Task An_sql_file_outside_of_the_job_s_folder_stays_with_the_client()
    {
        using var job = new SmallJob("x");
        job.Files.Write("secret.sql", "secret");
        string yaml = job.Files.File("jobs/job.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("sql/job.sql", "../secret.sql"));
        await AssertFailsAsync(
            job,
            "jobs/../secret.sql: It is not in the folder of a file that the command line names, or below it.",
            "submit", "-f", "jobs/job.yaml");
    }

    [Theory]
    [InlineData("--conf checkpoint.intervall: There is no such key below 'job_config'; the nearest one is "
        + "'checkpoint.interval'.", "--conf", "checkpoint.intervall=1s")]
    [InlineData("--conf checkpoint.interval: 'checkpoint.interval' is 'soon'; write a duration such as "
        + "200ms, 30s, 5min, 1h or 1d.", "--conf", "checkpoint.interval=soon")]
    public async Task A_key_that_cannot_be_is_named(string message, params string[] arguments)
    {
        using var job = new SmallJob("x");
        await AssertFailsAsync(job, message, ["submit", "-f", "jobs/job.yaml", .. arguments]);
    }

    [Fact]
    public async Task A_key_of_the_file_that_is_none_is_named_with_its_place()
    {
        using var job = new SmallJob("x");
        string yaml = job.Files.File("jobs/job.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("  checkpoint:", "  chekpoint:"));
        await AssertFailsAsync(
            job, "jobs/job.yaml:5:3: There is no key 'chekpoint' below 'job_config'; the nearest one is "
            + "'checkpoint'.", "validate", "-f", "jobs/job.yaml");
    }

    [Fact]
    public async Task A_parallelism_above_max_parallelism_is_refused()
    {
        using var job = new SmallJob("x");
        await AssertFailsAsync(
            job, "--conf runtime.max_parallelism: max_parallelism 2 is below parallelism 4.",
            "submit", "-f", "jobs/job.yaml",
            "--conf", "runtime.parallelism=4", "--conf", "runtime.max_parallelism=2");
    }

    [Fact]
    public async Task Wrong_sql_is_shown_with_the_client_s_file_line_and_column()
    {
        using var job = new SmallJob("x");
        job.Files.Write("jobs/sql/job.sql", "CREATE TABLE t (a INT)\nWITH ('connector' = 'nothing');");
        PbmRun run = await Pbm(job, "validate", "-f", "jobs/job.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("jobs/sql/job.sql:1:14: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_savepoint_that_does_not_exist_is_named_as_an_absolute_path()
    {
        using var job = new SmallJob("x");
        PbmRun run = await Pbm(job, "submit", "-f", "jobs/job.yaml", "-s", "nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Path.Combine(job.Folder, "nowhere"), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_is_none_is_refused()
    {
        using var job = new SmallJob("x");
        await AssertFailsAsync(job, "There is no job 'nothing'.", "show", "nothing");
        await AssertFailsAsync(job, "There is no job 'nothing'.", "cancel", "nothing");
    }

    [Fact]
    public async Task A_job_that_fails_ends_pbm_with_its_sentence()
    {
        using var job = new SmallJob("failing");
        job.Files.Write("events/part-0", "no json\n");
        PbmRun run = await Pbm(job, "submit", "-f", "jobs/job.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Job failing (", run.Error, StringComparison.Ordinal);
        Assert.Contains(") has failed: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("part-0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_masked_in_a_plan_and_in_an_error()
    {
        using var job = new SmallJob("x", further: """
            CREATE TABLE other (a INT) WITH ('connector' = 'jdbc', 'table-name' = 'a', 'username' = 'u',
              'password' = '${password}', 'url' = 'jdbc:mysql://u:geheim@db/a?password=geheim', 'x' = '1');
            """ + "\n");
        PbmRun run = await Pbm(job, "explain", "-f", "jobs/job.yaml");
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("geheim", run.Error, StringComparison.Ordinal);
        Assert.Contains("'x'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "There is no palette 'jobs'; the nearest is 'job'.", "jobs", "list")]
    [InlineData(2, "The palette job has no command 'lst'; the nearest is 'list'.", "job", "lst")]
    [InlineData(2, "pbm job submit needs --file FILE: The job's YAML file.", "job", "submit")]
    [InlineData(2, "--set x: write NAME=VALUE.", "job", "submit", "-f", "a", "--set", "x")]
    public async Task A_wrong_command_line_ends_with_2(int exit, string message, params string[] arguments)
    {
        PbmRun run = await PbmRun.Of("/", [cluster.Address, .. arguments]);
        Assert.Equal((exit, message + "\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("'job' is empty: A job's id, the beginning of one, or a name.", "show", "")]
    [InlineData("'file' is empty: The job's YAML file.", "submit", "-f", "")]
    [InlineData("'savepoint' is empty: The savepoint or checkpoint to start from.",
        "submit", "-f", "job.yaml", "--savepoint=")]
    public async Task An_empty_argument_is_wrong_usage(string message, params string[] arguments)
    {
        PbmRun run = await PbmRun.Of("/", [cluster.Address, "job", .. arguments]);
        Assert.Equal((2, message + "\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_variable_that_the_job_does_not_have_is_refused()
    {
        using var job = new SmallJob("x");
        await AssertFailsAsync(
            job, "--set evnts: The job has no such variable; the nearest one is 'events'.",
            "submit", "-f", "jobs/job.yaml", "--set", "evnts=more");
    }

    [Fact]
    public async Task No_JobManager_ends_with_3()
    {
        PbmRun run = await PbmRun.Of("/", "127.0.0.1:1", "job", "list");
        Assert.Equal(
            (3, "No JobManager can be reached: 127.0.0.1:1: Connection refused.\n"),
            (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Of_several_addresses_the_next_is_tried() =>
        Assert.Equal(0, (await PbmRun.Of("/", $"127.0.0.1:1,{cluster.Address}", "job", "list")).ExitCode);

    private async Task AssertFailsAsync(SmallJob job, string message, params string[] arguments)
    {
        PbmRun run = await Pbm(job, arguments);
        Assert.Equal((1, message + "\n", ""), (run.ExitCode, run.Error, run.Out));
    }

    private Task<PbmRun> Pbm(SmallJob job, params string[] arguments) =>
        PbmRun.Of(job.Folder, [cluster.Address, "job", .. arguments]);
}
