using FsCheck.Xunit;
using Millrace.Shared.Columns;
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
        using (SinkSubtask sink = Open(table))
        {
            sink.Write(batch);
            sink.Finish();
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(row => RowText.Of(batch, row)), table.ReadAll());
    }

    [Property(MaxTest = 100)]
    public void Every_row_is_visible_once_at_the_end_and_none_ever_that_no_checkpoint_covers(int seed)
    {
        using var story = new FileSinkStory(seed);
        story.Steps(60);
        story.End();
    }

    [Fact]
    public void Nothing_is_seen_before_the_checkpoint_is_complete_and_what_is_not_prepared_goes()
    {
        using FileTable table = new(Columns);
        ColumnBatch batch = Rows(10_000);
        using (SinkSubtask sink = Open(table))
        {
            sink.Write(batch);
            sink.Barrier(1);
            Assert.Empty(table.ReadAll());
            sink.Complete(1);
            Assert.Equal(10_000, table.ReadAll().Count);
            sink.Write(batch);
            sink.Complete(1);
            Assert.Equal(10_000, table.ReadAll().Count);
        }
        Assert.Single(Directory.GetFiles(table.Folder));
    }

    [Fact]
    public void An_attempt_removes_what_those_it_replaces_have_left_and_nothing_of_others()
    {
        using FileTable table = new(Columns);
        ColumnBatch batch = Rows(10_000);
        SinkSubtask[] old =
        [
            Open(table, subtask: 0, replaced: [0]),
            Open(table, subtask: 1, replaced: [1]),
            Open(table, subtask: 0, replaced: null, job: "another"),
        ];
        foreach (SinkSubtask sink in old) sink.Write(batch);
        Assert.Equal(3, Directory.GetFiles(table.Folder).Length);
        using SinkSubtask successor = Open(table, attempt: 2, subtask: 0, replaced: [0]);
        successor.Barrier(1);
        Assert.Equal(2, Directory.GetFiles(table.Folder).Length);
        foreach (SinkSubtask sink in old) sink.Finish();
        Assert.Equal(20_000, table.ReadAll().Count);
        foreach (SinkSubtask sink in old) sink.Dispose();
    }

    [Fact]
    public void What_a_savepoint_holds_is_committed_from_it_after_the_job_has_restarted_from_before()
    {
        using FileTable table = new(Columns);
        using SinkSubtask old = Open(table);
        old.Write(Rows(10));
        old.Barrier(1);
        old.Write(Rows(20));
        IReadOnlyList<byte[]> savepoint = old.Barrier(2, isSavepoint: true);
        using SinkSubtask successor = Open(table, attempt: 2, lastCheckpoint: 2);
        successor.Barrier(3);
        successor.Complete(3);
        Assert.Empty(table.ReadAll());
        using SinkSubtask resumed = Open(table, job: "another");
        resumed.Restore(savepoint);
        Assert.Equal(30, table.ReadAll().Count);
    }

    [Fact]
    public void What_was_kept_for_a_savepoint_that_has_failed_is_removed_by_the_next_attempt()
    {
        using FileTable table = new(Columns);
        using SinkSubtask old = Open(table), another = Open(table, job: "another");
        foreach (SinkSubtask sink in (SinkSubtask[])[old, another])
        {
            sink.Write(Rows(10));
            sink.Barrier(2, isSavepoint: true);
        }
        using SinkSubtask successor = Open(table, attempt: 2, lastCheckpoint: 1);
        successor.Barrier(3);
        another.Barrier(3);
        another.Complete(3);
        Assert.Single(Directory.GetFiles(table.Folder));
        Assert.Equal(10, table.ReadAll().Count);
    }

    [Fact]
    public void A_savepoint_takes_nothing_away_from_a_checkpoint_that_was_under_way()
    {
        using FileTable table = new(Columns);
        using SinkSubtask old = Open(table);
        old.Write(Rows(10));
        IReadOnlyList<byte[]> checkpoint = old.Barrier(1);
        old.Barrier(2, isSavepoint: true);
        using SinkSubtask successor = Open(table, attempt: 2);
        successor.Restore(checkpoint);
        Assert.Equal(10, table.ReadAll().Count);
        Assert.Single(Directory.GetFiles(table.Folder));
    }

    [Fact]
    public void What_a_reader_has_taken_away_is_not_missed()
    {
        using FileTable table = new(Columns);
        using SinkSubtask old = Open(table);
        old.Write(Rows(10));
        IReadOnlyList<byte[]> checkpoint = old.Barrier(1);
        old.Complete(1);
        File.Delete(Assert.Single(Directory.GetFiles(table.Folder)));
        using SinkSubtask successor = Open(table, attempt: 2);
        successor.Restore(checkpoint);
        Assert.Empty(Directory.GetFiles(table.Folder));
    }

    [Fact]
    public void A_commit_into_a_folder_that_is_gone_fails_and_is_done_once_it_is_back()
    {
        using FileTable table = new(Columns);
        using SinkSubtask old = Open(table);
        old.Write(Rows(10));
        IReadOnlyList<byte[]> checkpoint = old.Barrier(1);
        string away = table.Folder + "-away";
        Directory.Move(table.Folder, away);
        using (SinkSubtask unlucky = Open(table, attempt: 2))
        {
            MillraceException failure = Assert.Throws<MillraceException>(() => unlucky.Restore(checkpoint));
            Assert.Equal(ErrorKind.Unavailable, failure.Kind);
            Assert.Contains(table.Folder, failure.Message, StringComparison.Ordinal);
            Assert.Equal(3, unlucky.Metrics.Counter("retriedCommittables").Value);
        }
        Directory.Move(away, table.Folder);
        using SinkSubtask lucky = Open(table, attempt: 3);
        lucky.Restore(checkpoint);
        Assert.Equal(10, table.ReadAll().Count);
    }

    private static SinkSubtask Open(
        FileTable table, int attempt = 1, int subtask = 0, int[]? replaced = null, string job = "job",
        long lastCheckpoint = 0) =>
        new(table, job, attempt, subtask, 2, replaced, lastCheckpoint);

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
