using System.Text.Json;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Run;
using Millrace.Run.CommandLine;
using Millrace.Run.Jobs;
using Spectre.Console;
using Xunit;

namespace Millrace.LocalCluster.Tests.Jobs;

/// <summary>The three jobs as <c>./run</c> starts them.</summary>
[Collection(PreparedEdNetGroup.Name)]
public sealed class RunTests(PreparedEdNet prepared) : IDisposable
{
    private readonly TempFolder _out = new();

    public void Dispose() => _out.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Results_equal_the_model_at_every_parallelism(int parallelism)
    {
        (int exitCode, string output) = await RunAsync(new RunOptions
        {
            Out = _out.Path,
            From = prepared.Folder,
            Parallelism = parallelism,
        });
        Assert.True(exitCode == 0, output);
        ResultTables.AssertEqualToModel(_out.File("results.db"), copyCount: 1);
        Assert.Contains("48,754 rows", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_equal_the_model_when_subtasks_are_killed_all_the_time()
    {
        // One subtask an operator and many copies: long enough for each job's turn to come several times.
        (int exitCode, string output) = await RunAsync(new RunOptions
        {
            Out = _out.Path,
            From = prepared.Copies,
            Parallelism = 1,
            KillEvery = TimeSpan.FromMilliseconds(250),
            Json = _out.File("figures.json"),
        });
        Assert.True(exitCode == 0, output);
        ResultTables.AssertEqualToModel(_out.File("results.db"), PreparedEdNet.CopyCount);
        JsonElement jobs =
            JsonDocument.Parse(File.ReadAllText(_out.File("figures.json"))).RootElement.GetProperty("jobs");
        foreach (JsonElement job in jobs.EnumerateArray())
            Assert.True(job.GetProperty("restarts").GetInt32() > 0, $"no restart: {job}");
    }

    [Fact]
    public async Task A_second_run_empties_only_the_tables_of_the_jobs_that_it_starts()
    {
        RunOptions options = new() { Out = _out.Path, From = prepared.Folder, Parallelism = 1 };
        Assert.Equal(0, (await RunAsync(options with { Only = ["learning-analysis"] })).ExitCode);
        (int exitCode, string output) = await RunAsync(options with { Only = ["user-daily-stats"] });
        Assert.True(exitCode == 0, output);
        Assert.Equal(6_142, ResultTable.Rows(_out.File("results.db"), "ads_learning_alert", "id").Count);
        Assert.Equal(
            3_796, ResultTable.Rows(_out.File("results.db"), "dws_user_daily_stats", "user_id").Count);
    }

    [Fact]
    public async Task Other_events_take_the_place_of_the_data_set()
    {
        string[] lines =
        [
            Line(1, "answer", "answer_submit", 1000, "s011",
                """{\"subject\":\"5\",\"isCorrect\":1,\"answerTime\":7}"""),
            Line(2, "answer", "answer_submit", 2000, "new",
                """{\"subject\":\"5\",\"isCorrect\":0,\"answerTime\":9}"""),
            Line(3, "user", "user_logout", 2000, "new", "{}"),
        ];
        File.WriteAllText(_out.File("events.jsonl"), string.Join('\n', lines));
        (int exitCode, string output) = await RunAsync(new RunOptions
        {
            Out = _out.Path,
            Events = [_out.File("events.jsonl")],
            Only = ["user-daily-stats"],
            Json = _out.File("figures.json"),
        });
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            ["new\tnull\tnull\t1970-01-01\t0\t1\t0\t0\t9\t0",
                "s011\tlearner s011\t1\t1970-01-01\t0\t1\t1\t1\t7\t0"],
            ResultTable.Rows(_out.File("results.db"), "dws_user_daily_stats").Order(StringComparer.Ordinal));
        JsonElement job = JsonDocument.Parse(File.ReadAllText(_out.File("figures.json")))
            .RootElement.GetProperty("jobs")[0];
        Assert.Equal(
            "user-daily-stats FINISHED 3 2", $"{job.GetProperty("job")} {job.GetProperty("state")} " +
            $"{job.GetProperty("events")} {job.GetProperty("rows")}");
    }

    [Fact]
    public async Task A_job_that_fails_makes_the_exit_code_1_and_says_why()
    {
        File.WriteAllText(_out.File("events.jsonl"),
            """{"eventId":"1","domain":"answer","type":"answer_submit","eventTime":"soon","userId":"a","""
            + "\"payload\":\"{}\"}");
        (int exitCode, string output) = await RunAsync(new RunOptions
        {
            Out = _out.Path,
            Events = [_out.File("events.jsonl")],
            Only = ["learning-analysis"],
        });
        Assert.Equal(1, exitCode);
        Assert.Contains("learning-analysis is FAILED", output, StringComparison.Ordinal);
        Assert.Contains("biz_statistic_answer", output, StringComparison.Ordinal);
        Assert.Contains("eventTime", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_job_of_the_catalog_has_its_files() =>
        Assert.All(JobCatalog.All, job => Assert.True(File.Exists(job.SqlFile) && File.Exists(job.YamlFile)));

    /// <summary>An event as a line of JSON.</summary>
    /// <param name="payload">JSON with the quotes escaped, as it stands inside a string.</param>
    private static string Line(int id, string domain, string type, int time, string user, string payload) =>
        $$"""{"eventId":"{{id}}","domain":"{{domain}}","type":"{{type}}","version":"v1.0",""" +
        $$""" "eventTime":{{time}},"eventDate":"1970-01-01","userId":"{{user}}","payload":"{{payload}}"}""";

    private static async Task<(int ExitCode, string Output)> RunAsync(RunOptions options)
    {
        StringWriter output = new();
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        int exitCode =
            await new Runner(options, console, TimeProvider.System).RunAsync(CancellationToken.None);
        return (exitCode, output.ToString());
    }
}
