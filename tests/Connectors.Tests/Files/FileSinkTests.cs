using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Files;

public sealed class FileSinkTests
{
    private static readonly Field[] Columns =
    [
        new("i", LogicalType.Int), new("s", LogicalType.String), new("b", LogicalType.Boolean),
        new("d", LogicalType.Double), new("m", LogicalType.Decimal(10, 3)),
            new("t", LogicalType.Timestamp(3)),
        new("day", LogicalType.Date), new("x", LogicalType.Bytes),
            new("a", LogicalType.Array(LogicalType.Int)),
    ];

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    public void What_was_written_is_read_back(string format)
    {
        using FileTable table = new FileTable(Columns).With("format", format);
        if (format == "csv") table.With("csv.null-literal", "n/a");
        ColumnBatch batch = Rows(100);
        using (ISinkWriter sink = table.Connector.OpenSink(table.Spec, table.Context))
        {
            sink.Write(batch);
            sink.Flush();
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(row => RowText.Of(batch, row)), table.ReadAll());
    }

    [Fact]
    public void Nothing_is_seen_before_the_flush_and_nothing_is_left_without_it()
    {
        using FileTable table = new(Columns);
        ColumnBatch batch = Rows(10_000);
        using (ISinkWriter sink = table.Connector.OpenSink(table.Spec, table.Context))
        {
            sink.Write(batch);
            Assert.Empty(table.ReadAll());
            sink.Flush();
            Assert.Equal(10_000, table.ReadAll().Count);
            sink.Write(batch);
            Assert.Equal(10_000, table.ReadAll().Count);
        }
        Assert.Single(Directory.GetFiles(table.Folder));
    }

    [Fact]
    public void An_attempt_removes_what_those_it_replaces_left_unfinished_and_they_cannot_finish_it()
    {
        using FileTable table = new(Columns);
        ColumnBatch batch = Rows(10_000);
        using ISinkWriter old = Open(table, attempt: 1, subtask: 0, [0]);
        using ISinkWriter other = Open(table, attempt: 1, subtask: 1, [1]);
        old.Write(batch);
        other.Write(batch);
        Assert.Equal(2, Directory.GetFiles(table.Folder).Length);
        using ISinkWriter successor = Open(table, attempt: 2, subtask: 0, [0]);
        MillraceException failure = Assert.Throws<MillraceException>(old.Flush);
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        other.Flush();
        successor.Write(batch);
        successor.Flush();
        Assert.Equal(20_000, table.ReadAll().Count);
    }

    [Fact]
    public void An_attempt_of_the_whole_job_removes_unfinished_files_of_all_subtasks_but_of_no_other_sink()
    {
        using FileTable table = new(Columns);
        ColumnBatch batch = Rows(10_000);
        using ISinkWriter old = Open(table, attempt: 1, subtask: 7, null);
        using ISinkWriter stranger = Open(table, attempt: 1, subtask: 0, null, "another");
        old.Write(batch);
        stranger.Write(batch);
        using ISinkWriter successor = Open(table, attempt: 2, subtask: 0, null);
        Assert.Throws<MillraceException>(old.Flush);
        stranger.Flush();
        Assert.Equal(10_000, table.ReadAll().Count);
    }

    private static ISinkWriter Open(
        FileTable table, int attempt, int subtask, int[]? replaced, string uid = "uid") =>
        table.Connector.OpenSink(table.Spec, table.Context with
        {
            Attempt = attempt,
            SubtaskIndex = subtask,
            OperatorUid = uid,
            ReplacedSubtasks = replaced,
        });

    private static ColumnBatch Rows(int count)
    {
        var rows = new BatchBuilder(new Schema([.. Columns]));
        for (int i = 0; i < count; i++)
        {
            if (i % 7 == 3)
            {
                foreach (ColumnBuilder column in rows.Columns) column.AppendNull();
                rows.EndRow();
                continue;
            }
            ((FixedColumnBuilder<int>)rows.Columns[0]).Append(i);
            ((BytesColumnBuilder)rows.Columns[1]).Append(System.Text.Encoding.UTF8.GetBytes(
                (i % 5) switch
                {
                    0 => "",
                    1 => "n/b",
                    2 => "a \"b\", c\\d",
                    3 => "two\nlines\té",
                    _ =>
                    "#x"
                }));
            ((FixedColumnBuilder<bool>)rows.Columns[2]).Append(i % 2 == 0);
            ((FixedColumnBuilder<double>)rows.Columns[3]).Append(i / 3.0);
            ((FixedColumnBuilder<Int128>)rows.Columns[4]).Append(i * 1001 - 5000);
            ((FixedColumnBuilder<long>)rows.Columns[5]).Append(i * 123_456_789L - 100_000);
            ((FixedColumnBuilder<int>)rows.Columns[6]).Append(i * 100 - 300);
            ((BytesColumnBuilder)rows.Columns[7]).Append([(byte)i, 255, 0]);
            var list = (ListColumnBuilder)rows.Columns[8];
            for (int e = 0; e < i % 3; e++) ((FixedColumnBuilder<int>)list.Children[0]).Append(e);
            list.EndRow();
            rows.EndRow();
        }
        return rows.Build();
    }
}
