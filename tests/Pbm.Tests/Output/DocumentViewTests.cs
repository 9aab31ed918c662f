using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Pbm.Output;
using Spectre.Console;
using Xunit;

namespace Millrace.Pbm.Tests.Output;

public sealed class DocumentViewTests
{
    private static readonly CommandDescription Watch = new()
    {
        Name = "watch",
        Help = "Watches.",
        Sections =
        [
            new Section("record", "", "",
            [
                new("id", "Job", "id"), new("state", "State", "state"),
                new("recordsPerSecond", "Records per second", "number"), new("progress", "Progress", "bar"),
            ]),
            new Section("table", "vertices", "Vertices",
            [
                new("name", "Vertex"), new("parallelism", "Parallelism", "number"),
                new("running", "Running", "number"), new("recordsIn", "Records in", "number"),
                new("recordsOut", "Records out", "number"),
            ]),
        ],
    };

    private static readonly JsonNode Job = JsonNode.Parse("""
        {"id":"0123456789abcdef0123456789abcdef","state":"RUNNING","recordsPerSecond":1500000,"progress":0.5,
         "vertices":[{"name":"Source: events -> Calc -> GroupAggregate","parallelism":2,"running":2,
         "recordsIn":0,"recordsOut":1234567},{"name":"Sink: totals","parallelism":2,"running":1,
         "recordsIn":1234567,"recordsOut":null}]}
        """)!;

    [Fact]
    public void A_wide_terminal_shows_a_table() => Assert.Contains(
        "│ Source: events -> Calc -> GroupAggregate │           2 │", Shown(120), StringComparison.Ordinal);

    [Fact]
    public void A_column_of_words_gives_way_first() => Assert.Contains(
        "│ Source: events ->     │           2 │       2 │          0 │   1,234,567 │", Shown(76),
        StringComparison.Ordinal);

    [Fact]
    public void Where_columns_have_no_room_each_row_is_a_paragraph() => Assert.Equal("""
        Job                 0123456789abcdef0123
                            456789abcdef
        State               RUNNING
        Records per second  1,500,000
        Progress            ████████░░░░░░░ 50%

        Vertices
        Source: events -> Calc -> GroupAggregate
          Parallelism 2, Running 2, Records in
          0, Records out 1,234,567
        Sink: totals
          Parallelism 2, Running 1, Records in
          1,234,567

        """, Shown(40));

    [Fact]
    public void Every_width_down_to_20_shows_everything_within_it()
    {
        for (int width = 20; width <= 160; width++)
        {
            string text = Shown(width);
            Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, width));
            string packed = string.Concat(text.Where(char.IsLetterOrDigit));
            foreach (string word in (string[])["0123456789abcdef", "RUNNING", "1500000", "50", "Source"])
                Assert.Contains(word, packed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tree_deeper_than_the_terminal_is_wide_shows_every_node()
    {
        JsonNode node = JsonNode.Parse("""{"name":"leaf"}""")!;
        for (int depth = 10; depth > 0; depth--)
            node = new JsonObject { ["name"] = $"node-{depth}", ["children"] = new JsonArray(node) };
        var hierarchy = new CommandDescription
        {
            Name = "hierarchy",
            Help = "Shows.",
            Sections = [new Section("tree", "", "", [new("name", "Name")])],
        };
        string text = Shown(20, hierarchy, node);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 20));
        string packed = string.Concat(text.Where(char.IsLetterOrDigit));
        Assert.Contains("node10leaf", packed, StringComparison.Ordinal);
    }

    private static string Shown(int width) => Shown(width, Watch, Job);

    private static string Shown(int width, CommandDescription command, JsonNode data)
    {
        using var written = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(new DocumentView(isPlain: false).Render(command, data));
        return string.Join('\n', written.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
