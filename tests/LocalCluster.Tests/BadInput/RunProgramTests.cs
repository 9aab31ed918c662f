using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Run;
using Millrace.Run.CommandLine;
using Millrace.Run.Events;
using Millrace.Run.Jobs;
using Millrace.Shared.Errors;
using Spectre.Console;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// <c>./run</c> with places and files that cannot be: one sentence, and earlier results stay.
/// </summary>
public sealed class RunProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_was_not_prepared_is_named_and_earlier_results_stay()
    {
        string results = EarlierResults();
        await AssertRefusedAsync(
            new RunOptions { Out = _folder.Path, From = "/nowhere" }, "no folder /nowhere/events");
        Directory.CreateDirectory(_folder.File("events"));
        await AssertRefusedAsync(
            new RunOptions { Out = _folder.Path, From = _folder.Path }, "no folder ",
            "events/biz_statistic_wrongbook");
        Assert.Single(ResultTable.Rows(results, "ads_learning_alert"));
    }

    [Theory]
    [InlineData("""{"domain":"answer","eventTime":}""", "line 2", "byte 31 of the line")]
    [InlineData("nothing", "line 2", "byte ")]
    [InlineData("[1]", "line 2", "no JSON object")]
    [InlineData("""{"userId":"a"}""", "line 2", "no domain")]
    public async Task Events_that_cannot_be_sorted_are_refused_at_their_line_and_earlier_results_stay(
        string line, params string[] parts)
    {
        string results = EarlierResults();
        string file = _folder.File("events.jsonl");
        File.WriteAllText(file, $$"""{"domain":"answer"}{{"\n"}}{{line}}""");
        await AssertRefusedAsync(new RunOptions { Out = _folder.Path, Events = [file] }, [file, .. parts]);
        Assert.Single(ResultTable.Rows(results, "ads_learning_alert"));
    }

    [Fact]
    public async Task A_job_that_cannot_be_planned_is_refused_with_its_place_and_earlier_results_stay()
    {
        string results = EarlierResults();
        File.WriteAllText(_folder.File("events.jsonl"), "");
        File.WriteAllText(_folder.File("broken.yaml"), "job_config:\n  name: broken\nsql: broken.sql\n");
        File.WriteAllText(_folder.File("broken.sql"), """
            CREATE TABLE alerts (id STRING) WITH ('connector' = 'print');
            INSERT INTO alerts SELECT idd FROM (VALUES ('a')) AS t (id);
            """);
        var runner = new Runner(
            new RunOptions { Out = _folder.Path, Events = [_folder.File("events.jsonl")] },
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }),
            TimeProvider.System,
            [new CatalogJob("broken", "ads_learning_alert", "id") { Folder = _folder.Path }]);
        MillraceException refusal = await Assert.ThrowsAsync<MillraceException>(
            () => runner.RunAsync(CancellationToken.None));
        Assert.Contains("Column 'idd' not found", refusal.Message, StringComparison.Ordinal);
        Assert.Single(ResultTable.Rows(results, "ads_learning_alert"));
    }

    [Fact]
    public async Task Events_that_are_missing_or_a_folder_are_named()
    {
        await AssertRefusedAsync(
            new RunOptions { Out = _folder.Path, Events = ["/nowhere.jsonl"] }, "--events /nowhere.jsonl",
            "no such file");
        await AssertRefusedAsync(
            new RunOptions { Out = _folder.Path, Events = [_folder.Path] },
            $"--events {_folder.Path} is a folder");
    }

    [Fact]
    public async Task A_variable_that_no_job_has_is_named() => await AssertRefusedAsync(
        new RunOptions
        {
            Out = _folder.Path,
            Variables = new Dictionary<string, string> { ["evens"] = "/x" },
        },
        "--set evens", "events, tables, out");

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.File("file"), "");
        string below = Path.Combine(_folder.File("file"), "out");
        await AssertRefusedAsync(new RunOptions { Out = below }, $"The folder {below} cannot be made");
        await AssertRefusedAsync(
            new RunOptions { PrepareOnly = below }, $"The folder {below} cannot be made");
    }

    [Fact]
    public async Task Results_that_are_no_database_are_named()
    {
        File.WriteAllText(_folder.File("results.db"), new string('x', 5_000));
        File.WriteAllText(_folder.File("events.jsonl"), "");
        await AssertRefusedAsync(
            new RunOptions { Out = _folder.Path, Events = [_folder.File("events.jsonl")] },
            $"The results {_folder.File("results.db")} cannot be used", "not a database");
    }

    private string EarlierResults()
    {
        string results = _folder.File("results.db");
        using var connection = SmallJob.Open(results);
        using var command = connection.CreateCommand();
        command.CommandText =
            "CREATE TABLE ads_learning_alert (id TEXT); INSERT INTO ads_learning_alert VALUES ('kept')";
        command.ExecuteNonQuery();
        return results;
    }

    private static async Task AssertRefusedAsync(RunOptions options, params string[] parts)
    {
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        BadInputException refusal = await Assert.ThrowsAsync<BadInputException>(
            () => new Runner(options, console, TimeProvider.System).RunAsync(CancellationToken.None));
        SmallJob.AssertSentence(refusal.Message, parts);
    }
}
