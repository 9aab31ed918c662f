using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;
using Spectre.Console;
using Xunit;

namespace Millrace.Pbm.Tests;

/// <summary>The client knows no command: what it offers and shows is what the server says.</summary>
public sealed class ServerDescriptionTests
{
    private static readonly JsonNode Data = JsonNode.Parse("""
        {"name":"x","count":1234,"rows":[{"a":"one","n":1},{"a":"two","n":2000}],"odd":{"deep":[1]},
         "top":{"name":"root","children":[{"name":"left"},{"name":"right","children":[{"name":"leaf"}]}]}}
        """)!;

    [Fact]
    public async Task A_command_of_a_newer_server_is_run_and_shown_by_its_description()
    {
        await using FakeServer server = Server(new CommandDescription
        {
            Name = "dance",
            Help = "Dances.",
            Arguments = [new Parameter { Name = "who", Help = "Who.", IsRequired = true, Kind = "dancer" }],
            Sections =
            [
                new Section("record", "", "", [new("name", "Name"), new("count", "Count", "number")]),
                new Section("table", "rows", "Rows", [new("a", "A"), new("n", "N", "number")]),
                new Section("hologram", "odd", "Odd", []),
                new Section("tree", "top", "Tree", [new("name", "Name")]),
            ],
        });
        PbmRun run = await PbmRun.Of("/", server.Address, "job", "dance", "me");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("""
            Name   x
            Count  1,234

            Rows
            A        N
            one      1
            two  2,000

            Odd
            {"deep":[1]}

            Tree
            root
            ├── left
            └── right
                └── leaf

            """, run.Out);
        Assert.Equal("me", Assert.Single(server.Requests).Arguments["who"][0]);
    }

    [Fact]
    public async Task Output_json_is_the_server_s_document()
    {
        await using FakeServer server = Server(new CommandDescription { Name = "dance", Help = "Dances." });
        PbmRun run = await PbmRun.Of("/", server.Address, "job", "dance", "--output", "json");
        Assert.Equal(FrameCodec.ToText(Data) + "\n", run.Out);
    }

    [Fact]
    public async Task A_document_without_a_description_is_shown_as_json()
    {
        await using FakeServer server = Server(new CommandDescription { Name = "dance", Help = "Dances." });
        PbmRun run = await PbmRun.Of("/", server.Address, "job", "dance");
        Assert.Equal(FrameCodec.ToText(Data) + "\n", run.Out);
    }

    [Fact]
    public async Task Help_at_each_level_is_the_server_s()
    {
        await using FakeServer server = Server(new CommandDescription
        {
            Name = "dance",
            Help = "Dances.",
            Options = [new Parameter { Name = "style", Letter = "s", Value = "STYLE", Help = "How." }],
        });
        PbmRun all = await PbmRun.Of("/", server.Address, "--help");
        Assert.Contains("  job  Jobs.\n", all.Out, StringComparison.Ordinal);
        PbmRun palette = await PbmRun.Of("/", server.Address, "job", "--help");
        Assert.Contains("  dance  Dances.\n", palette.Out, StringComparison.Ordinal);
        PbmRun command = await PbmRun.Of("/", server.Address, "job", "dance", "--help");
        Assert.Equal("""
            Dances.

            Usage:
              pbm job dance [options]

            Options:
              -s, --style STYLE  How.

            """, command.Out);
    }

    [Fact]
    public async Task Help_needs_no_server() =>
        Assert.Equal(0, (await PbmRun.Of("/", "127.0.0.1:1", "--help")).ExitCode);

    [Fact]
    public async Task The_help_of_completion_is_that_of_pbm() => Assert.Contains(
        "pbm completion bash|zsh", (await PbmRun.Of("/", "127.0.0.1:1", "completion", "--help")).Out,
        StringComparison.Ordinal);

    [Fact]
    public async Task An_output_that_cannot_be_written_ends_pbm_with_a_sentence()
    {
        await using FakeServer server = Server(new CommandDescription { Name = "dance", Help = "Dances." });
        using var full = new FullDisk();
        using var error = new StringWriter();
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(full) });
        using var interrupts = new Interrupts();
        int exit = await new PbmProgram(new PbmConsole(console, error, () => "/", null))
            .RunAsync([server.Address, "job", "dance"], interrupts);
        Assert.Equal((1, "The output cannot be written: it is full.\n"), (exit, error.ToString()));
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("it is full");
    }

    private static FakeServer Server(CommandDescription command) => new(
        [new PaletteDescription("job", "Jobs.", [command])],
        (_, _) => Task.FromResult<ServerFrame?>(
            new ServerFrame { Result = new Result(Data.DeepClone()) }));
}
