using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Millrace.Connectors.Jdbc;
using Millrace.Connectors.Jdbc.MySql;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using MySqlConnector;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class MySqlFencingTests : IDisposable
{
    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.VarChar(50)));

    private readonly string _name = $"millrace_fenced_{Environment.ProcessId}";

    /// <summary>Rows of one test in the table that all share.</summary>
    private readonly string _job = $"job of {Environment.ProcessId}";

    public void Dispose()
    {
        if (MySqlFactAttribute.Url is not null) Clear();
    }

    [MySqlFact]
    public void Only_what_no_successor_has_replaced_is_written()
    {
        Property holds = Prop.ForAll<(byte Action, byte A, byte B)[]>(steps => { AssertModel(steps); });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10), holds);
    }

    [MySqlFact]
    public void A_long_run_of_attempts_has_rejected_some()
    {
        var random = new Random(11);
        int rejected = AssertModel([.. Enumerable.Range(0, 200).Select(_ =>
            ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)))]);
        Assert.InRange(rejected, 10, 200);
    }

    [MySqlFact]
    public async Task Writers_that_are_replaced_while_they_write_are_all_fenced()
    {
        await FencingRace.RunAsync(Table(), _job);
        Assert.Equal(FencingRace.Expected, Read($"SELECT id, name FROM {_name} ORDER BY id"));
    }

    [MySqlFact]
    public void A_predecessor_that_was_stopped_in_a_flush_is_killed()
    {
        Open(1, 0).Dispose();
        using MySqlSession stopped = Connect(_ => { });
        var fence = new Fence(Table(), Context(1, 0));
        var flush = new MySqlFence(stopped, fence, takesOver: true, TimeSpan.FromSeconds(5));
        flush.Open();
        flush.Begin();
        stopped.Run($"INSERT INTO {_name} VALUES (1, 'old')");
        using ISinkWriter successor = Open(2, 0);
        successor.Write(Rows(1, "new"));
        successor.Flush();
        Assert.Throws<MySqlException>(() => stopped.Run("COMMIT"));
        Assert.Equal(["1|new"], Read($"SELECT id, name FROM {_name}"));
    }

    [MySqlFact]
    public void A_process_that_is_stopped_anywhere_writes_nothing_more_once_it_was_replaced()
    {
        using ISinkWriter successor = Open(2, 0);
        using SinkProcess process = SinkProcess.Writing(
            MySqlFactAttribute.Url!, 0, 1, int.MaxValue, _name, _job);
        process.Begin();
        SpinWait.SpinUntil(() => Count() > 200);
        process.Pause();
        successor.Flush();
        long rows = Count();
        process.Wake();
        (int exitCode, string said) = process.End();
        Assert.Equal(1, exitCode);
        Assert.Contains("has taken over subtask 0", said, StringComparison.Ordinal);
        Assert.Equal(rows, Count());
    }

    [MySqlFact]
    public void A_writer_that_was_killed_and_connects_again_is_fenced()
    {
        using ISinkWriter old = Open(1, 0);
        old.Flush();
        old.Write(Rows(1, "old"));
        TakeOver(2);
        Assert.Equal(ErrorKind.Fenced, Assert.Throws<MillraceException>(old.Flush).Kind);
        Assert.Empty(Read($"SELECT id, name FROM {_name}"));
        Assert.Equal(["-1|2", "0|2"], Read($"SELECT subtask, attempt {OwnRows}"));
    }

    [MySqlFact]
    public void A_writer_that_lost_its_connection_registers_the_next_and_goes_on()
    {
        using ISinkWriter sink = Open(3, 0);
        sink.Flush();
        string lost = Read($"SELECT connection {OwnRows} AND subtask = 0").Single();
        Read($"KILL CONNECTION {lost}");
        sink.Write(Rows(1, "a"));
        sink.Flush();
        Assert.Equal(["1|a"], Read($"SELECT id, name FROM {_name}"));
        Assert.NotEqual(lost, Read($"SELECT connection {OwnRows} AND subtask = 0 AND attempt = 3").Single());
    }

    [MySqlFact]
    public void A_connection_of_somebody_else_with_the_same_id_is_left_alone()
    {
        TakeOver(1);
        (long Id, string Client) innocent = default;
        using MySqlSession other = Connect(session => innocent = session.Identity());
        Read($"UPDATE millrace_fencing SET connection = {innocent.Id}, client = 'elsewhere:1' "
            + $"WHERE job = '{_job}' AND subtask = 0");
        TakeOver(2);
        Assert.Equal(innocent, other.Identity());
    }

    [MySqlFact]
    public void A_lock_that_cannot_be_broken_is_waited_for_and_told()
    {
        TakeOver(1);
        using MySqlSession locker = Connect(session =>
        {
            session.Run("START TRANSACTION");
            session.Run($"UPDATE millrace_fencing SET renewed_ms = 1 WHERE job = '{_job}'");
        });
        MillraceException e = Assert.Throws<MillraceException>(
            () => TakeOver(2, ("connection.max-retry-timeout", "1s")));
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        Assert.Contains("did not let go of them within 1 s", e.Message, StringComparison.Ordinal);
        Task waiting = Task.Run(() => TakeOver(3));
        locker.Run("COMMIT");
        waiting.GetAwaiter().GetResult();
    }

    [MySqlFact]
    public void A_wait_for_a_row_ends_when_the_subtask_is_canceled()
    {
        using var cancel = new CancellationTokenSource();
        using ISinkWriter sink = new JdbcConnector().OpenSink(
            Table(), Tables.ContextOf(1, 0, job: _job, cancel: cancel.Token));
        sink.Write(Rows(1, "a"));
        sink.Flush();
        using MySqlSession locker = Connect(session =>
        {
            session.Run("START TRANSACTION");
            session.Run($"UPDATE {_name} SET name = 'locked'");
        });
        sink.Write(Rows(1, "b"));
        Task<Exception?> flush = Task.Run(() => (Exception?)Record.Exception(sink.Flush));
        string connection = Read($"SELECT connection {OwnRows} AND subtask = 0").Single();
        SpinWait.SpinUntil(() => Read("SELECT ID FROM information_schema.PROCESSLIST "
            + $"WHERE ID = {connection} AND INFO LIKE 'INSERT INTO%' AND TIME_MS > 20").Length == 1);
        cancel.Cancel();
        Assert.IsType<OperationCanceledException>(flush.GetAwaiter().GetResult());
    }

    private long Count() =>
        long.Parse(Read($"SELECT COUNT(*) FROM {_name}")[0], CultureInfo.InvariantCulture);

    private string OwnRows => $"FROM millrace_fencing WHERE job = '{_job}'";

    private int AssertModel((byte Action, byte A, byte B)[] steps)
    {
        Clear();
        using var model = new FencingModel(Table(), _job);
        using (Open(0, 0)) { }
        foreach ((byte action, byte a, byte b) in steps) model.Step(action, a, b);
        Assert.Equal(
            model.Expected.Select(e => $"{e.Key}|{e.Value}"),
            Read($"SELECT id, name FROM {_name} ORDER BY id"));
        return model.Rejected;
    }

    private void TakeOver(int attempt, params (string Key, string Value)[] options)
    {
        using ISinkWriter sink = Open(attempt, 0, options);
        sink.Flush();
    }

    private ISinkWriter Open(int attempt, int subtask, params (string Key, string Value)[] options) =>
        new JdbcConnector().OpenSink(Table(options), Context(attempt, subtask));

    private ConnectorContext Context(int attempt, int subtask) =>
        Tables.ContextOf(attempt, subtask, job: _job);

    private TableSpec Table(params (string Key, string Value)[] options)
    {
        TableSpec table = Tables.Of(MySqlFactAttribute.Url!, Names, [0], options);
        return table with { Options = table.Options.SetItem("table-name", _name) };
    }

    private static ColumnBatch Rows(long id, string name) =>
        Tables.Batch(Tables.Longs(id), BytesColumn.Of(name));

    private void Clear()
    {
        Read($"DROP TABLE IF EXISTS {_name}");
        if (Read("SHOW TABLES LIKE 'millrace_fencing'").Length > 0) Read($"DELETE {OwnRows}");
    }

    private MySqlSession Connect(Action<MySqlSession> first)
    {
        var session = new MySqlSession(MySqlDialect.Open(JdbcOptions.Read(Table()), default), default);
        first(session);
        return session;
    }

    private string[] Read(string sql)
    {
        using MySqlSession session = Connect(_ => { });
        using var command = new MySqlCommand(sql);
        List<string> rows = [];
        session.Read(command, reader => rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
            .Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)))));
        return [.. rows];
    }
}
