using System.Runtime.CompilerServices;
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
    private readonly BusyWait _busy;
    private GCHandle _state;
    private nint _handle;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    /// <param name="busyTimeout">How long it waits for a lock of another connection.</param>
    /// <param name="cancel">Ends such a wait early, as if the time were over.</param>
    public SqliteDatabase(string file, bool creates, TimeSpan busyTimeout, CancellationToken cancel = default)
    {
        _busy = new BusyWait(busyTimeout, cancel);
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
        _state = GCHandle.Alloc(_busy);
        _ = SqliteNative.BusyHandler(handle, &OnBusy, GCHandle.ToIntPtr(_state));
    }

    public nint Handle => _handle;

    public void Run(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        statement.Run();
    }

    /// <summary>Runs a statement that SQLite itself would not wait with.</summary>
    public void RunWaiting(string sql)
    {
        _busy.IsOff = true;
        try
        {
            for (int earlier = 0; ; earlier++)
            {
                try
                {
                    Run(sql);
                    return;
                }
                catch (SqliteException e)
                    when (e.SqliteErrorCode == SqliteNative.Busy && _busy.Again(earlier))
                {
                    // Until it is free, or the time is over.
                }
            }
        }
        finally
        {
            _busy.IsOff = false;
        }
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
        _ = SqliteNative.BusyHandler(_handle, null, 0);
        if (_state.IsAllocated) _state.Free();
        // Statements that are still open keep the connection until they are closed.
        _ = SqliteNative.Close(_handle);
        _handle = 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnBusy(nint state, int earlier)
    {
        var busy = (BusyWait)GCHandle.FromIntPtr(state).Target!;
        return !busy.IsOff && busy.Again(earlier) ? 1 : 0;
    }
}
