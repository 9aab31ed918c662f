using FsCheck.Xunit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class SqliteFencingTests : IDisposable
{
    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.String));

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Property(MaxTest = 40)]
    public void Only_what_no_successor_has_replaced_is_written((byte Action, byte A, byte B)[] steps)
    {
        _file.Run("DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS millrace_fencing");
        using var model = new FencingModel(Table(), "job");
        foreach ((byte action, byte a, byte b) in steps) model.Step(action, a, b);
        string[] written = _file.Rows("SELECT name FROM sqlite_master WHERE name = 't'").Length == 0
            ? [] : _file.Rows("SELECT * FROM t");
        Assert.Equal(model.Expected.Select(e => $"{e.Key}|{e.Value}"), written);
    }

    [Fact]
    public void A_long_run_of_attempts_has_rejected_some()
    {
        using var model = new FencingModel(Table(), "job");
        var random = new Random(7);
        for (int i = 0; i < 400; i++) model.Step(Byte(random), Byte(random), Byte(random));
        Assert.Equal(model.Expected.Select(e => $"{e.Key}|{e.Value}"), _file.Rows("SELECT * FROM t"));
        Assert.InRange(model.Rejected, 20, 400);
    }

    [Fact]
    public async Task Writers_that_are_replaced_while_they_write_are_all_fenced()
    {
        await FencingRace.RunAsync(Table(), "job");
        Assert.Equal(FencingRace.Expected, _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_flush_that_is_fenced_leaves_nothing_and_frees_the_file()
    {
        using ISinkWriter old = Open(Tables.ContextOf(1, 0));
        old.Write(Rows(1, "old"));
        using ISinkWriter successor = Open(Tables.ContextOf(2, 0));
        successor.Flush();
        Assert.Equal(ErrorKind.Fenced, Assert.Throws<MillraceException>(old.Flush).Kind);
        successor.Write(Rows(1, "new"));
        successor.Flush();
        Assert.Equal(["1|new"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_flush_on_the_timer_is_fenced_too()
    {
        var time = new FakeTimeProvider();
        using ISinkWriter old = Open(Tables.ContextOf(1, 0, time: time));
        old.Write(Rows(1, "old"));
        TakeOver(Tables.ContextOf(2, 0));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_file.Rows("SELECT * FROM t"));
        Assert.Equal(
            ErrorKind.Fenced, Assert.Throws<MillraceException>(() => old.Write(Rows(2, "old"))).Kind);
    }

    [Fact]
    public void Jobs_and_attempts_of_other_jobs_do_not_meet()
    {
        using ISinkWriter one = Open(Tables.ContextOf(1, 0, job: "one"));
        using ISinkWriter two = Open(Tables.ContextOf(9, 0, job: "two"));
        two.Flush();
        one.Write(Rows(1, "one"));
        one.Flush();
        Assert.Equal(["1|one"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void Without_fencing_there_is_no_table_and_nothing_is_rejected()
    {
        TableSpec table = Table(("sink.fencing", "false"));
        using ISinkWriter old = new JdbcConnector().OpenSink(table, Tables.ContextOf(1, 0));
        using ISinkWriter successor = new JdbcConnector().OpenSink(table, Tables.ContextOf(2, 0));
        successor.Flush();
        old.Write(Rows(1, "old"));
        old.Flush();
        Assert.Equal(["t"], _file.Rows("SELECT name FROM sqlite_master"));
    }

    [Fact]
    public void A_row_or_a_table_that_is_gone_fences()
    {
        using ISinkWriter sink = Open(Tables.ContextOf(1, 0));
        sink.Flush();
        _file.Run("DELETE FROM millrace_fencing");
        sink.Write(Rows(1, "a"));
        Assert.Contains(
            "is gone", Assert.Throws<MillraceException>(sink.Flush).Message, StringComparison.Ordinal);
        _file.Run("DROP TABLE millrace_fencing");
        Assert.Equal(ErrorKind.Fenced, Assert.Throws<MillraceException>(sink.Flush).Kind);
        using ISinkWriter successor = Open(Tables.ContextOf(2, 0));
        successor.Write(Rows(1, "a"));
        successor.Flush();
    }

    [Fact]
    public void Rows_of_jobs_that_ended_long_ago_go_and_those_of_idle_sinks_stay()
    {
        var time = new FakeTimeProvider();
        using ISinkWriter idle = Open(Tables.ContextOf(1, 0, job: "idle", time: time));
        TakeOver(Tables.ContextOf(1, 0, job: "ended", time: time));
        for (int day = 0; day < 40; day++)
        {
            time.Advance(TimeSpan.FromDays(1.1));
            idle.Flush();
        }
        TakeOver(Tables.ContextOf(1, 0, job: "later", time: time));
        Assert.Equal(
            ["idle|0", "later|-1", "later|0"], _file.Rows("SELECT job, subtask FROM millrace_fencing"));
    }

    [Fact]
    public void A_successor_waits_for_the_lock_of_a_stopped_predecessor_and_goes_on()
    {
        TakeOver(Tables.ContextOf(1, 0));
        using SqliteConnection stopped = _file.Connect();
        using SqliteTransaction hold = stopped.BeginTransaction(deferred: false);
        using ISinkWriter successor = Open(Tables.ContextOf(2, 0));
        successor.Write(Rows(1, "new"));
        Thread flush = StartUntilItWaits(successor.Flush);
        Assert.Empty(_file.Rows("SELECT * FROM t"));
        hold.Commit();
        flush.Join();
        Assert.Equal(["1|new"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_lock_that_is_never_freed_is_told_with_the_time_waited()
    {
        TakeOver(Tables.ContextOf(1, 0));
        using SqliteConnection stopped = _file.Connect();
        using SqliteTransaction hold = stopped.BeginTransaction(deferred: false);
        using ISinkWriter successor = new JdbcConnector().OpenSink(
            Table(("connection.max-retry-timeout", "30ms")), Tables.ContextOf(2, 0));
        MillraceException e = Assert.Throws<MillraceException>(successor.Flush);
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        Assert.Contains(
            "is locked by another connection, which did not let go of it within 0.03 s", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_for_a_lock_ends_when_the_subtask_is_canceled()
    {
        using var cancel = new CancellationTokenSource();
        using ISinkWriter sink = Open(Tables.ContextOf(1, 0, cancel: cancel.Token));
        sink.Write(Rows(1, "a"));
        using SqliteConnection stopped = _file.Connect();
        using SqliteTransaction lockOfTheFile = stopped.BeginTransaction(deferred: false);
        Exception? failure = null;
        Thread flush = StartUntilItWaits(() => failure = Record.Exception(sink.Flush));
        cancel.Cancel();
        flush.Join();
        Assert.IsType<OperationCanceledException>(failure);
    }

    private static Thread StartUntilItWaits(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        SpinWait.SpinUntil(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0 || !thread.IsAlive);
        return thread;
    }

    private void TakeOver(ConnectorContext context)
    {
        using ISinkWriter sink = Open(context);
        sink.Flush();
    }

    private ISinkWriter Open(ConnectorContext context) => new JdbcConnector().OpenSink(Table(), context);

    private TableSpec Table(params (string Key, string Value)[] options) =>
        Tables.Of(_file.Url, Names, [0], options);

    private static ColumnBatch Rows(long id, string name) =>
        Tables.Batch(Tables.Longs(id), BytesColumn.Of(name));

    private static byte Byte(Random random) => (byte)random.Next(256);
}
