using System.IO.Compression;
using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Files;

public sealed class FileSourceTests
{
    private static readonly Field Id = new("id", LogicalType.BigInt), Name = new("name", LogicalType.String);

    [Fact]
    public void A_folder_gives_its_files_as_splits_by_name_without_hidden_ones()
    {
        using FileTable table = new FileTable(Id)
            .File("b.json", "").File("a.json", "").File(".hidden", "").File("_SUCCESS", "").File(
                "sub/c.json", "");
        using ISourceConnector source = table.Source();
        Assert.Equal(["a.json", "b.json", "sub/c.json"], source.Splits());
    }

    [Fact]
    public void The_pattern_chooses_files_by_their_whole_path()
    {
        using FileTable table = new FileTable(Id).File("a.json", "").File("b.txt", "")
            .With("source.path.regex-pattern", ".*\\.json");
        using ISourceConnector source = table.Source();
        Assert.Equal(["a.json"], source.Splits());
    }

    [Fact]
    public void Lines_end_in_LF_or_CRLF_and_the_last_may_end_in_nothing()
    {
        using FileTable table = new FileTable(Id, Name)
            .File("a", "{\"id\":1,\"name\":\"x\"}\r\n\n{\"id\":2,\"name\":\"y\"}\n\r\n{\"id\":3}");
        Assert.Equal(["1|x", "2|y", "3|NULL"], table.ReadAll());
    }

    [Fact]
    public void An_empty_file_and_an_empty_folder_have_no_rows()
    {
        using FileTable table = new(Id);
        Assert.Empty(table.ReadAll());
        table.File("a", "");
        Assert.Empty(table.ReadAll());
    }

    [Fact]
    public void A_folder_that_is_missing_is_named()
    {
        using FileTable table = new FileTable(Id).With("path", "/no/such/folder");
        MillraceException error = Assert.Throws<MillraceException>(() => table.ReadAll());
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains("/no/such/folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Reading_goes_on_at_every_position(int maxRows)
    {
        using FileTable table = new FileTable(Id, Name).File("a", Lines(500)).File("b.gz", Gzip(Lines(500)));
        using ISourceConnector source = table.Source();
        foreach (string split in source.Splits())
        {
            List<string> rows = [];
            byte[]? position = null;
            while (ReadOne(source, split, maxRows, rows, ref position)) { }
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}|name {i}"), rows);
        }
    }

    [Fact]
    public void Remaining_bytes_fall_to_zero()
    {
        string lines = Lines(10).TrimEnd('\n');
        using FileTable table = new FileTable(Id, Name).File("a", lines);
        using ISourceConnector source = table.Source();
        using ISplitReader reader = source.Open("a", null);
        Assert.Equal(lines.Length, reader.RemainingBytes);
        reader.Read(3, out ColumnBatch? _);
        Assert.Equal(lines.Length - Lines(3).Length, reader.RemainingBytes);
        while (reader.Read(100, out _) != SplitState.Ended) { }
        Assert.Equal(0, reader.RemainingBytes);
    }

    [Fact]
    public void A_line_may_be_ten_megabytes_long()
    {
        string text = new('x', 10 * 1024 * 1024);
        using FileTable table =
            new FileTable(Id, Name).File("a", $"{{\"id\":1,\"name\":\"{text}\"}}\n{{\"id\":2}}\n");
        table.File("b.gz", Gzip($"{{\"id\":1,\"name\":\"{text}\"}}"));
        Assert.Equal([$"1|{text}", "2|NULL", $"1|{text}"], table.ReadAll());
    }

    [Fact]
    public void A_line_beyond_the_limit_is_refused()
    {
        byte[] line = new byte[65 * 1024 * 1024];
        line.AsSpan().Fill((byte)' ');
        using FileTable table = new FileTable(Id).File("a", line);
        MillraceException error = Assert.Throws<MillraceException>(() => table.ReadAll());
        Assert.Contains("line 1, byte 0: the line is longer than 67108864 bytes", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_line_is_named_by_file_line_and_byte()
    {
        using FileTable table =
            new FileTable(Id, Name).File("a.json", "{\"id\":1}\n{\"id\":2}\n{\"id\":x}\n");
        MillraceException error = Assert.Throws<MillraceException>(() => table.ReadAll());
        Assert.Equal(
            $"Table 'events': file '{table.Folder}/a.json', line 3, byte 24: the line is not valid JSON: no "
            + "JSON value begins so.",
            error.Message);
        Assert.Equal(ErrorKind.Invalid, error.Kind);
    }

    [Fact]
    public void Bad_lines_are_left_out_and_counted_where_the_options_say_so()
    {
        using FileTable table = new FileTable(Id, Name).With("json.ignore-parse-errors", "true")
            .File("a", "{\"id\":1}\nno json\n{\"id\":\"x\",\"name\":\"y\"}\n[1]\n{\"id\":4,\n{\"id\":5}\n");
        Assert.Equal(["1|NULL", "NULL|y", "5|NULL"], table.ReadAll());
        Assert.Equal(3, table.Metrics.Counter("numRecordsInErrors").Value);
    }

    [Fact]
    public void A_gzip_that_is_cut_off_is_an_error()
    {
        var random = new Random(1);
        string noise = string.Concat(
            Enumerable.Range(0, 5000).Select(i => $"{{\"id\":{i},\"name\":\"{random.NextInt64()}\"}}\n"));
        byte[] whole = Gzip(noise);
        foreach (int length in new[] { whole.Length / 2, whole.Length - 4, 5 })
        {
            using FileTable table = new FileTable(Id, Name).File("a.gz", whole[..length]);
            MillraceException error = Assert.Throws<MillraceException>(() => table.ReadAll());
            Assert.Contains("damaged or cut off", error.Message, StringComparison.Ordinal);
            Assert.Contains("a.gz", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Metadata_columns_tell_of_the_file()
    {
        using FileTable table = new FileTable(Id).File("a.json", "{\"id\":1}\n")
            .WithMetadata("p", "file.path", LogicalType.String).WithMetadata(
                "n", "file.name", LogicalType.String)
            .WithMetadata("s", "file.size", LogicalType.BigInt);
        Assert.Equal([$"1|{table.Folder}/a.json|a.json|9"], table.ReadAll());
    }

    [Fact]
    public void Options_that_it_does_not_know_are_refused_by_name()
    {
        using FileTable table = new FileTable(Id).With("sink.rolling", "1");
        Assert.Contains("sink.rolling", Refusal(table), StringComparison.Ordinal);
        using FileTable monitored = new FileTable(Id).With("source.monitor-interval", "1s");
        Assert.Contains("source.monitor-interval", Refusal(monitored), StringComparison.Ordinal);
        using FileTable elsewhere = new FileTable(Id).With("path", "hdfs://x/y");
        Assert.Contains("hdfs://x/y", Refusal(elsewhere), StringComparison.Ordinal);
        using FileTable unformatted = new FileTable(Id).With("format", "avro");
        Assert.Contains("one of json, csv", Refusal(unformatted), StringComparison.Ordinal);
    }

    private static string Refusal(FileTable table) =>
        Assert.Throws<MillraceException>(() => table.Connector.Check(table.Spec)).Message;

    private static bool ReadOne(
        ISourceConnector source, string split, int maxRows, List<string> rows, ref byte[]? position)
    {
        using ISplitReader reader = source.Open(split, position);
        SplitState state = reader.Read(maxRows, out ColumnBatch? batch);
        if (batch is not null) FileTable.Take(batch, rows);
        position = reader.Position;
        return state != SplitState.Ended;
    }

    private static string Lines(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"id\":{i},\"name\":\"name {i}\"}}\n"));

    private static byte[] Gzip(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest)) gzip.Write(
            Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }
}
