using Microsoft.Data.Sqlite;
using Millrace.Connectors.Jdbc;
using Millrace.Connectors.Jdbc.MySql;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using MySqlConnector;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>
/// A subtask that is to end waits no longer for a database, whose locks nobody lets go of here; only a
/// cancellation ends these waits.
/// </summary>
public sealed class JdbcCancelTests
{
    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.String));

    /// <summary>Far more than a cancellation takes; the driver of MySQL gives up after 30 s by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly (string, string)[] Endless = [("connection.max-retry-timeout", "1h")];

    [Fact]
    public async Task A_scan_of_a_locked_SQLite_file_ends()
    {
        using var file = new SqliteFile();
        using IDisposable held = Lock(file);
        await ScanEndsAsync(
            Tables.Of(file.Url, Names, [], Endless),
            thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
    }

    [MySqlFact]
    public async Task A_scan_of_a_locked_MySQL_table_ends()
    {
        using var database = new MySqlLock("cancel_scan");
        await ScanEndsAsync(database.Table(), _ => database.IsWaitedFor());
    }

    [MySqlFact]
    public async Task A_lookup_in_a_locked_MySQL_table_ends()
    {
        using var database = new MySqlLock("cancel_lookup");
        ILookup lookup = new JdbcConnector().OpenLookup(
            database.Table(), new LookupSpec([0], [1]), Tables.Context());
        Task<LookupResult> asked = lookup.LookupAsync(Tables.Batch(Tables.Longs(1)), default);
        Assert.True(SpinWait.SpinUntil(database.IsWaitedFor, Patience));
        lookup.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => asked.WaitAsync(Patience));
        Assert.True(asked.IsFaulted || asked.IsCanceled, "The lookup waits on.");
    }

    private static async Task ScanEndsAsync(TableSpec table, Func<Thread, bool> waits)
    {
        using var cancel = new CancellationTokenSource();
        var scan = new ScanSpec([new PhysicalScanColumn(0, "id", LogicalType.BigInt)], []);
        using ISourceConnector source =
            new JdbcConnector().OpenSource(table, scan, Tables.ContextOf(1, 0, cancel: cancel.Token));
        using ISplitReader reader = source.Open(source.Splits()[0], null);
        var ended = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            try
            {
                reader.Read(10, out ColumnBatch? _);
            }
            catch (Exception)
            {
                ended.SetResult();
            }
        });
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => waits(thread), Patience));
        Assert.False(ended.Task.IsCompleted, "The scan did not wait.");
        await cancel.CancelAsync();
        await ended.Task.WaitAsync(Patience);
    }

    private static SqliteConnection Lock(SqliteFile file)
    {
        file.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
        SqliteConnection connection = file.Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>A table of the test's own, which another connection holds.</summary>
    private sealed class MySqlLock : IDisposable
    {
        private readonly MySqlConnection _connection;
        private readonly string _name;

        public MySqlLock(string name)
        {
            _name = $"millrace_{Environment.ProcessId}_{name}";
            _connection = Connect();
            Run($"CREATE TABLE {_name} (id BIGINT PRIMARY KEY, name TEXT)");
            Run($"LOCK TABLES {_name} WRITE");
        }

        public TableSpec Table()
        {
            TableSpec table = Tables.Of(MySqlFactAttribute.Url!, Names, [], Endless);
            return table with { Options = table.Options.SetItem("table-name", _name) };
        }

        /// <summary>The server says that a statement waits for the table.</summary>
        public bool IsWaitedFor()
        {
            using var command = new MySqlCommand(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
                + $"WHERE STATE LIKE 'Waiting for table%' AND INFO LIKE '%{_name}%'", _connection);
            return Convert.ToInt64(command.ExecuteScalar(), null) > 0;
        }

        public void Dispose()
        {
            Run("UNLOCK TABLES");
            Run($"DROP TABLE {_name}");
            _connection.Dispose();
        }

        private static MySqlConnection Connect() => MySqlDialect.Open(
            JdbcOptions.Read(Tables.Of(MySqlFactAttribute.Url!, Names, [])), default);

        private void Run(string sql)
        {
            using var command = new MySqlCommand(sql, _connection);
            command.ExecuteNonQuery();
        }
    }
}
