using Microsoft.Data.Sqlite;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// <see cref="Fence"/> in a SQLite file. The lock is that of the whole file: a predecessor that was stopped in
/// the middle of a flush is waited for.
/// </summary>
internal sealed class SqliteFence : IDisposable
{
    private const string OwnRow = "job = ?1 AND sink = ?2 AND subtask = ?3";

    private readonly Fence _fence;
    private readonly SqliteStatement _read;
    private readonly SqliteStatement _renew;

    public SqliteFence(SqliteDatabase database, Fence fence)
    {
        _fence = fence;
        try
        {
            _read = new SqliteStatement(
                database, $"SELECT attempt, renewed_ms FROM {Fence.TableName} WHERE {OwnRow}");
            _renew = new SqliteStatement(
                database, $"UPDATE {Fence.TableName} SET renewed_ms = ?4 WHERE {OwnRow}");
        }
        catch (SqliteException e) when (IsGone(e))
        {
            throw fence.Fenced(null);
        }
        Bind(_read, fence, fence.Subtask);
        Bind(_renew, fence, fence.Subtask);
    }

    /// <summary>Takes the attempt's subtasks over from those before it, in one transaction.</summary>
    public static void Raise(SqliteDatabase database, Fence fence)
    {
        database.Run("BEGIN IMMEDIATE");
        try
        {
            database.Run($"CREATE TABLE IF NOT EXISTS {Fence.TableName} (job TEXT NOT NULL, sink TEXT NOT NULL, "
                + "subtask INTEGER NOT NULL, attempt INTEGER NOT NULL, renewed_ms INTEGER NOT NULL, "
                + "PRIMARY KEY (job, sink, subtask)) WITHOUT ROWID");
            IReadOnlyList<int> raised = fence.Raised(Stored(database, fence));
            if (raised.Count > 0) Write(database, fence, raised);
            database.Run("COMMIT");
        }
        catch
        {
            RollBack(database);
            throw;
        }
    }

    /// <summary>
    /// In the transaction of a flush, which has the file's lock: whether this attempt still stands.
    /// </summary>
    public void Check()
    {
        bool exists = Exists();
        long? stored = exists ? SqliteNative.ColumnInt64(_read.Handle, 0) : null;
        bool isDue = exists && _fence.IsDue(SqliteNative.ColumnInt64(_read.Handle, 1));
        _read.Reset();
        if (!_fence.Stands(stored)) throw _fence.Fenced(stored);
        if (!isDue) return;
        _renew.BindInt64(4, _fence.NowMillis);
        _renew.Run();
    }

    public void Dispose()
    {
        _read.Dispose();
        _renew.Dispose();
    }

    private bool Exists()
    {
        try
        {
            return _read.Step();
        }
        catch (SqliteException e) when (IsGone(e))
        {
            return false;
        }
    }

    private static bool IsGone(SqliteException e) =>
        e.Message.EndsWith($"no such table: {Fence.TableName}", StringComparison.Ordinal);

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

    private static void RollBack(SqliteDatabase database)
    {
        try
        {
            database.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back; the first failure is what is told.
        }
    }
}
