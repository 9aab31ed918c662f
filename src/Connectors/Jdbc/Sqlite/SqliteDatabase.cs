using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// An open SQLite file, used by one thread at a time: opened without SQLite's own mutex, which would be taken
/// for each value that is bound or read.
/// </summary>
internal sealed unsafe class SqliteDatabase : IDisposable
{
    private nint _handle;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteDatabase(string file, bool creates, TimeSpan busyTimeout)
    {
        int flags =
            SqliteNative.OpenReadWrite | SqliteNative.OpenNoMutex | (creates ? SqliteNative.OpenCreate : 0);
        nint handle = 0;
        int result;
        fixed (byte* path = Encoding.UTF8.GetBytes(file + '\0'))
            result = SqliteNative.Open(path, &handle, flags, null);
        _handle = handle;
        if (result != SqliteNative.Ok)
        {
            SqliteException failure = Failure();
            Dispose();
            throw failure;
        }
        _ = SqliteNative.BusyTimeout(handle, (int)Math.Min(int.MaxValue, busyTimeout.TotalMilliseconds));
    }

    public nint Handle => _handle;

    public void Run(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        statement.Run();
    }

    /// <summary>The last failure of this connection.</summary>
    public SqliteException Failure()
    {
        int code = SqliteNative.ErrorCode(_handle);
        byte* message = SqliteNative.ErrorMessage(_handle);
        string text = message == null
            ? ""
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message));
        return new SqliteException(text, code & 0xFF, code);
    }

    public void Dispose()
    {
        if (_handle == 0) return;
        // Statements that are still open keep the connection until they are closed.
        _ = SqliteNative.Close(_handle);
        _handle = 0;
    }
}
