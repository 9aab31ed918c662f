using System.IO.Compression;
using Millrace.Run.Events;
using Xunit;

namespace Millrace.LocalCluster.Tests.EdNetModel;

public sealed class EventDistributionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_go_unchanged_and_in_order_to_the_topic_of_their_domain()
    {
        string[] lines =
        [
            """{"domain":"answer","userId":"a","payload":{"x":1},"eventTime":"soon"}""",
            """{ "userId" : "a", "domain" : "answer" }""",
            """{"domain":"payment","userId":"b","note":"é"}""",
        ];
        Distribute(string.Join('\n', lines));
        Assert.Equal(lines[..2], Lines("biz_statistic_answer"));
        Assert.Equal(lines[2..], Lines("biz_statistic_payment"));
        Assert.Empty(Lines("biz_statistic_user"));
        Assert.Equal(TopicFolder.PartitionCount,
            Directory.GetFiles(_folder.File("events/biz_statistic_wrongbook")).Length);
    }

    [Fact]
    public void A_line_of_ten_megabytes_passes()
    {
        string line = $$"""{"domain":"user","userId":"a","note":"{{new string('x', 10_000_000)}}"}""";
        Distribute(line + "\r\n");
        Assert.Equal([line], Lines("biz_statistic_user"));
    }

    [Theory]
    [InlineData("""{"domain":"answer","userId":"a" """, "depth")]
    [InlineData("""["domain","answer"]""", "no JSON object")]
    [InlineData("""{"userId":"a"}""", "no domain")]
    [InlineData("""{"domain":"../x","userId":"a"}""", "'../x' is no domain")]
    [InlineData("""{"domain":"answer"} {"domain":"answer"}""", "after a single JSON value")]
    [InlineData("{\"domain\":\"an\u0001\"}", "0x01")]
    public void A_line_that_has_no_place_is_refused_with_file_line_and_reason(string line, string reason)
    {
        BadInputException refused = Assert.Throws<BadInputException>(
            () => Distribute($$"""{"domain":"answer"}{{"\n\n" + line}}"""));
        Assert.Contains("events.jsonl, line 3: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        File.WriteAllBytes(_folder.File("events.jsonl"), [.. "{\"domain\":\""u8, 0xff, .. "\"}"u8]);
        Assert.Throws<BadInputException>(
            () => EventDistribution.Write(_folder.Path, [_folder.File("events.jsonl")]));
    }

    [Fact]
    public void A_compressed_file_is_read_and_a_truncated_one_refused()
    {
        string path = _folder.File("events.jsonl.gz");
        using (GZipStream zip = new(File.Create(path), CompressionLevel.Fastest))
            zip.Write("{\"domain\":\"answer\"}\n{\"domain\":\"answer\"}\n"u8);
        EventDistribution.Write(_folder.File("events"), [path]);
        Assert.Equal(2, Lines("biz_statistic_answer").Count());

        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^12]);
        Assert.Throws<BadInputException>(() => EventDistribution.Write(_folder.File("again"), [path]));
    }

    [Fact]
    public void A_preparation_replaces_the_topics_only_and_a_failed_one_nothing()
    {
        string events = _folder.File("events.jsonl");
        File.WriteAllText(events, """{"domain":"answer","userId":"a"}""");
        Directory.CreateDirectory(_folder.File("prepared/events/kept"));
        Directory.CreateDirectory(_folder.File("prepared/events/biz_statistic_old"));
        PreparedEdNet.Prepare(_folder.File("prepared"), 1, [events]);
        Assert.Equal(["biz_statistic_answer", "biz_statistic_user", "biz_statistic_wrongbook", "kept"],
            Directory.GetDirectories(_folder.File("prepared/events")).Select(Path.GetFileName).Order());
        File.WriteAllText(events, "{");
        Assert.Throws<BadInputException>(() => PreparedEdNet.Prepare(_folder.File("prepared"), 1, [events]));
        Assert.Single(Directory.GetFiles(_folder.File("prepared/events/biz_statistic_answer"))
            .SelectMany(File.ReadLines));
        Assert.Equal(["events", "tables.db"],
            Directory.GetFileSystemEntries(_folder.File("prepared")).Select(Path.GetFileName).Order());
    }

    private void Distribute(string text)
    {
        File.WriteAllText(_folder.File("events.jsonl"), text);
        EventDistribution.Write(_folder.File("events"), [_folder.File("events.jsonl")]);
    }

    private IEnumerable<string> Lines(string topic) =>
        Directory.GetFiles(_folder.File($"events/{topic}")).Order().SelectMany(File.ReadLines);
}
