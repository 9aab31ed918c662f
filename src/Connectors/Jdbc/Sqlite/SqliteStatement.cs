using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>A prepared statement of an open file, used again and again by one thread.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private nint _statement;

    /// <exception cref="SqliteException">The text names a table or a column that is not there, or is
    /// wrong.</exception>
    public SqliteStatement(SqliteDatabase database, string sql)
    {
        _database = database;
        byte[] text = Encoding.UTF8.GetBytes(sql);
        nint statement = 0;
        fixed (byte* start = text)
            Check(SqliteNative.Prepare(
                database.Handle, start, text.Length, SqliteNative.PreparePersistent, &statement, null));
        _statement = statement;
    }

    public nint Handle => _statement;

    /// <returns>Whether there is a row to read.</returns>
    public bool Step()
    {
        int result = SqliteNative.Step(_statement);
        if (result == SqliteNative.Row) return true;
        if (result != SqliteNative.Done) Fail();
        return false;
    }

    public void Reset() => _ = SqliteNative.Reset(_statement);

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        // A statement that answers (a PRAGMA) is run to its end, so that resetting it has nothing to do.
        int result = SqliteNative.Step(_statement);
        while (result == SqliteNative.Row) result = SqliteNative.Step(_statement);
        if (result != SqliteNative.Done) Fail();
        _ = SqliteNative.Reset(_statement);
    }

    public void BindInt64(int index, long value) => Check(SqliteNative.BindInt64(_statement, index, value));

    public void BindDouble(int index, double value) =>
        Check(SqliteNative.BindDouble(_statement, index, value));

    public void BindNull(int index) => Check(SqliteNative.BindNull(_statement, index));

    /// <param name="text">Stays where it is until the statement has been reset.</param>
    public void BindText(int index, byte* text, int size) =>
        Check(SqliteNative.BindText(_statement, index, text, size, 0));

    public void BindText(int index, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
            Check(SqliteNative.BindText(_statement, index, start, bytes.Length, destructor: -1));
    }

    /// <param name="bytes">Stays where it is until the statement has been reset.</param>
    public void BindBlob(int index, byte* bytes, int size) =>
        Check(SqliteNative.BindBlob(_statement, index, bytes, size, 0));

    public void Dispose()
    {
        if (_statement == 0) return;
        _ = SqliteNative.FinalizeStatement(_statement);
        _statement = 0;
    }

    private void Check(int result)
    {
        if (result != SqliteNative.Ok) Fail();
    }

    [DoesNotReturn]
    private void Fail()
    {
        SqliteException failure = _database.Failure();
        if (_statement != 0) _ = SqliteNative.Reset(_statement);
        throw failure;
    }
}
