using Microsoft.Data.Sqlite;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// <see cref="Fence"/> in a SQLite file. The lock is that of the whole file: a predecessor that was stopped
/// in the middle of a flush is waited for.
/// </summary>
internal sealed class SqliteFence : IDisposable
{
    private const string OwnRow = "job = ?1 AND sink = ?2 AND subtask = ?3";

    private readonly SqliteDatabase _database;
    private readonly Fence _fence;
    private SqliteStatement? _read;
    private bool _takesOver;

    /// <param name="takesOver">At the first flush; else only whether the attempt still stands is looked
    /// at.</param>
    public SqliteFence(SqliteDatabase database, Fence fence, bool takesOver)
    {
        _database = database;
        _fence = fence;
        _takesOver = takesOver;
    }

    /// <summary>
    /// In the transaction of a flush, which has the file's lock and rolls back on any failure.
    /// </summary>
    /// <exception cref="Shared.Errors.MillraceException">Fenced: another attempt stands there.</exception>
    public void Enter()
    {
        try
        {
            if (_takesOver) TakeOver(_database, _fence);
            else Check(_read ??= OwnRowOf());
        }
        catch (SqliteException e)
            when (e.Message.EndsWith($"no such table: {Fence.TableName}", StringComparison.Ordinal))
        {
            throw _fence.Fenced(null);
        }
    }

    /// <summary>What <see cref="Enter"/> has done is committed.</summary>
    public void Entered() => _takesOver = false;

    public void Dispose() => _read?.Dispose();

    private static void TakeOver(SqliteDatabase database, Fence fence)
    {
        database.Run($"CREATE TABLE IF NOT EXISTS {Fence.TableName} (job TEXT NOT NULL, sink TEXT NOT NULL, "
            + "subtask INTEGER NOT NULL, attempt INTEGER NOT NULL, renewed_ms INTEGER NOT NULL, "
            + "PRIMARY KEY (job, sink, subtask)) WITHOUT ROWID");
        IReadOnlyList<int> raised = fence.Raised(Stored(database, fence));
        if (raised.Count > 0) Write(database, fence, raised);
    }

    private SqliteStatement OwnRowOf()
    {
        var read = new SqliteStatement(
            _database, $"SELECT attempt, renewed_ms FROM {Fence.TableName} WHERE {OwnRow}");
        Bind(read, _fence, _fence.Subtask);
        return read;
    }

    private void Check(SqliteStatement read)
    {
        bool exists = read.Step();
        long? stored = exists ? SqliteNative.ColumnInt64(read.Handle, 0) : null;
        bool isDue = exists && _fence.IsDue(SqliteNative.ColumnInt64(read.Handle, 1));
        read.Reset();
        if (!_fence.Stands(stored)) throw _fence.Fenced(stored);
        if (isDue) Renew();
    }

    private void Renew()
    {
        using var renew = new SqliteStatement(
            _database, $"UPDATE {Fence.TableName} SET renewed_ms = ?4 WHERE {OwnRow}");
        Bind(renew, _fence, _fence.Subtask);
        renew.BindInt64(4, _fence.NowMillis);
        renew.Run();
    }

    private static Dictionary<int, int> Stored(SqliteDatabase database, Fence fence)
    {
        using var statement = new SqliteStatement(
            database, $"SELECT subtask, attempt FROM {Fence.TableName} WHERE job = ?1 AND sink = ?2");
        statement.BindText(1, fence.JobId);
        statement.BindText(2, fence.Sink);
        Dictionary<int, int> stored = [];
        while (statement.Step())
            stored[(int)SqliteNative.ColumnInt64(statement.Handle, 0)] =
                (int)SqliteNative.ColumnInt64(statement.Handle, 1);
        return stored;
    }

    private static void Write(SqliteDatabase database, Fence fence, IReadOnlyList<int> raised)
    {
        using var raise = new SqliteStatement(
            database, $"INSERT OR REPLACE INTO {Fence.TableName} VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (int subtask in raised)
        {
            Bind(raise, fence, subtask);
            raise.BindInt64(4, fence.Attempt);
            raise.BindInt64(5, fence.NowMillis);
            raise.Run();
        }
        using var forget = new SqliteStatement(
            database, $"DELETE FROM {Fence.TableName} WHERE renewed_ms < ?1");
        forget.BindInt64(1, fence.NowMillis - (long)Fence.KeptFor.TotalMilliseconds);
        forget.Run();
    }

    private static void Bind(SqliteStatement statement, Fence fence, int subtask)
    {
        statement.BindText(1, fence.JobId);
        statement.BindText(2, fence.Sink);
        statement.BindInt64(3, subtask);
    }
}
