using System.Globalization;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>Several processes on one SQLite file.</summary>
public sealed class SqliteProcessesTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Processes_make_and_fill_one_file_at_the_same_time()
    {
        const int count = 4;
        const int rows = 600;
        SinkProcess[] processes =
            [.. Enumerable.Range(0, count).Select(i => SinkProcess.Writing(_file.Url, i, count, rows))];
        try
        {
            foreach (SinkProcess process in processes) process.Begin();
            foreach (SinkProcess process in processes) Assert.Equal((0, ""), process.End());
        }
        finally
        {
            foreach (SinkProcess process in processes) process.Dispose();
        }
        Assert.Equal(
            [$"{count * rows}|{(count * rows) - 1}"], _file.Rows("SELECT COUNT(*), MAX(id) FROM t"));
        Assert.Equal(count + 1, _file.Rows("SELECT * FROM millrace_fencing").Length);
    }

    [Fact]
    public async Task A_lookup_reads_while_another_process_holds_the_lock()
    {
        using (ISinkWriter sink = Open(1)) Write(sink, "a");
        using SinkProcess writer = SinkProcess.Holding(_file.Path);
        using ILookup lookup = new JdbcConnector().OpenLookup(
            Tables.Of(_file.Url, SinkProcess.Schema, [0]), new LookupSpec([0], [1]), Tables.Context());
        LookupResult found = await lookup.LookupAsync(Tables.Batch(Tables.Longs(1)), default);
        Assert.Equal("a", ((BytesColumn)found.Rows.Columns[0]).Text(0));
    }

    [Fact]
    public void A_killed_process_leaves_no_lock()
    {
        using (ISinkWriter sink = Open(1)) Write(sink, "a");
        using SinkProcess predecessor = SinkProcess.Holding(_file.Path);
        predecessor.Kill();
        using (ISinkWriter sink = Open(2)) Write(sink, "b");
        Assert.Equal(["1|b"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_process_that_is_stopped_anywhere_writes_nothing_more_once_it_was_replaced()
    {
        using ISinkWriter successor = Open(2);
        using SinkProcess process = SinkProcess.Writing(_file.Url, 0, 1, int.MaxValue);
        process.Begin();
        SpinWait.SpinUntil(() => Count() > 200);
        process.Pause();
        var takeOver = new Thread(successor.Flush);
        takeOver.Start();
        // In the middle of a flush it holds the lock, and the successor waits for it.
        if (!takeOver.Join(TimeSpan.FromMilliseconds(100))) process.Wake();
        takeOver.Join();
        long rows = Count();
        process.Wake();
        (int exitCode, string said) = process.End();
        Assert.Equal(1, exitCode);
        Assert.Contains("attempt 2 of job job has taken over subtask 0", said, StringComparison.Ordinal);
        Assert.Equal(rows, Count());
    }

    private long Count() =>
        long.Parse(_file.Rows("SELECT COUNT(*) FROM t")[0], CultureInfo.InvariantCulture);

    private ISinkWriter Open(int attempt) => new JdbcConnector().OpenSink(
        Tables.Of(_file.Url, SinkProcess.Schema, [0]), Tables.ContextOf(attempt, 0));

    private static void Write(ISinkWriter sink, string name)
    {
        sink.Write(Tables.Batch(Tables.Longs(1), BytesColumn.Of(name)));
        sink.Flush();
    }
}
