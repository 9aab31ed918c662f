using Microsoft.Data.Sqlite;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// Writes changes by prepared statements, a transaction a call. The write-ahead log lets readers go on and
/// needs no sync at a commit; <see cref="MakeDurable"/> syncs it. Writers of one file wait for each other.
/// </summary>
internal sealed class SqliteSink : ISinkSession
{
    private readonly SqliteDatabase _database;
    private readonly string _logFile;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteFence? _fence;
    private readonly SqliteStatement _upsert;
    private readonly SqliteStatement? _delete;
    private readonly SqliteBinder[] _binders;
    private readonly int[] _key;
    private readonly RowArena _arena = new();
    private bool _isDurable = true;

    public SqliteSink(SqliteDatabase database, JdbcOptions options, TableSpec table, SinkOpening opening)
    {
        _database = database;
        _logFile = options.Url.Place + "-wal";
        _binders = [.. table.Physical.Fields.Select(f => SqliteBinder.For(f.Type))];
        _key = [.. table.PrimaryKey];
        database.Run(SqliteSql.CreateTable(options.TableName, table));
        _begin = new SqliteStatement(database, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(database, "COMMIT");
        _rollback = new SqliteStatement(database, "ROLLBACK");
        if (opening.Fence is { } fence) _fence = new SqliteFence(database, fence, opening.IsFirst);
        _upsert = new SqliteStatement(database, SqliteSql.Upsert(options.TableName, table));
        if (_key.Length > 0)
            _delete = new SqliteStatement(database, SqliteSql.Delete(options.TableName, table));
    }

    public void Write(SinkChanges changes)
    {
        _begin.Run();
        try
        {
            _fence?.Enter();
            for (int change = 0; change < changes.Count; change++) Write(changes, change);
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
        _fence?.Entered();
        _isDurable = false;
    }

    public void MakeDurable()
    {
        if (_isDurable) return;
        // Without a log file everything has been moved into the database file, which SQLite syncs itself.
        if (File.Exists(_logFile))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle log = File.OpenHandle(
                _logFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(log);
        }
        _isDurable = true;
    }

    public void Dispose()
    {
        SqliteStatement?[] statements = [_begin, _commit, _rollback, _upsert, _delete];
        foreach (SqliteStatement? statement in statements)
            statement?.Dispose();
        _fence?.Dispose();
        _arena.Dispose();
        _database.Dispose();
    }

    private void Write(SinkChanges changes, int change)
    {
        ColumnBatch batch = changes.BatchOf(change);
        int row = changes.RowOf(change);
        if (changes.IsAddition(change))
        {
            for (int c = 0; c < _binders.Length; c++)
                _binders[c].Bind(_upsert, c + 1, batch.Columns[c], row, _arena);
            _upsert.Run();
        }
        else
        {
            SqliteStatement delete = _delete
                ?? throw new InvalidOperationException("A table without a primary key takes inserts only.");
            for (int k = 0; k < _key.Length; k++)
                _binders[_key[k]].Bind(delete, k + 1, batch.Columns[_key[k]], row, _arena);
            delete.Run();
        }
        _arena.Clear();
    }

    private void RollBack()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back, or the connection is lost; the first failure is what is told.
        }
    }
}
