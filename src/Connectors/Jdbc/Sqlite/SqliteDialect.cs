using System.Globalization;
using Microsoft.Data.Sqlite;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>SQLite files.</summary>
internal sealed class SqliteDialect : JdbcDialect
{
    public const int LookupKeys = 256;

    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;
    private const int Error = 1;

    public override int MaxLookupKeys => LookupKeys;

    public override ILookupSession OpenLookup(
        JdbcOptions options, TableSpec table, LookupSpec lookup, CancellationToken cancel) =>
        new SqliteLookup(Open(options, creates: false, cancel), options, table, lookup);

    public override ISinkSession OpenSink(JdbcOptions options, TableSpec table, SinkOpening opening)
    {
        SqliteDatabase database = Open(options, creates: true, opening.Cancel);
        try
        {
            // Of several that open a new file, one finds it alone.
            database.RunWaiting("PRAGMA journal_mode = WAL");
            database.Run("PRAGMA synchronous = NORMAL");
            // A page that changes often is moved out of the log once, not once a thousand pages.
            database.Run("PRAGMA wal_autocheckpoint = 8000");
            database.Run("PRAGMA cache_size = -32768");
            return new SqliteSink(database, options, table, opening);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public override RowCursor Scan(
        JdbcOptions options, TableSpec table, IReadOnlyList<int> columns, long skip,
        CancellationToken cancel)
    {
        SqliteDatabase database = Open(options, creates: false, cancel);
        SqliteStatement statement;
        try
        {
            statement = new SqliteStatement(
                database, SqliteSql.Scan(options.TableName, table, columns, hasRowId: true));
        }
        catch (SqliteException e) when (e.Message.Contains("rowid", StringComparison.Ordinal))
        {
            statement = new SqliteStatement(
                database, SqliteSql.Scan(options.TableName, table, columns, hasRowId: false));
        }
        statement.BindInt64(1, skip);
        return new SqliteCursor(statement, new Disposables(statement, database));
    }

    public override JdbcFailure Explain(Exception failure, JdbcOptions options)
    {
        string place = $"'{options.TableName}' in {options.Url}";
        if (failure is not SqliteException e) return new JdbcFailure($"({place}): {failure.Message}", false);
        return e.SqliteErrorCode switch
        {
            SqliteNative.Busy or Locked => new JdbcFailure(string.Create(CultureInfo.InvariantCulture,
                $"({place}) is locked by another connection, which did not let go of it within "
                + $"{options.ConnectionTimeout.TotalSeconds:0.###} s ('connection.max-retry-timeout')."),
                IsPassing: true, HasWaited: true),
            CannotOpen when Path.GetDirectoryName(Path.GetFullPath(options.Url.Place)) is { } folder
                && !Directory.Exists(folder) =>
                new JdbcFailure($"({place}): there is no folder {folder}.", false),
            CannotOpen when !File.Exists(options.Url.Place) =>
                new JdbcFailure($"({place}): there is no such file.", false),
            CannotOpen => new JdbcFailure($"({place}): the file cannot be opened: {e.Message}.", false),
            NotADatabase => new JdbcFailure($"({place}): the file is no SQLite database.", false),
            ReadOnly => new JdbcFailure($"({place}): the file cannot be written.", false),
            Full => new JdbcFailure($"({place}): the disk is full.", true),
            Constraint => new JdbcFailure($"({place}) refuses a row: {e.Message}.", false),
            Error when e.Message.Contains("no such table", StringComparison.Ordinal) =>
                new JdbcFailure($"is missing: there is no table {place}.", false),
            Error when e.Message.Contains("ON CONFLICT clause does not match", StringComparison.Ordinal) =>
                new JdbcFailure($"({place}) has no primary key or unique index on the columns of the "
                    + "declared PRIMARY KEY.", false),
            Error => new JdbcFailure($"({place}) does not fit its declaration: {e.Message}.", false),
            _ => new JdbcFailure(string.Create(CultureInfo.InvariantCulture,
                $"({place}) failed with SQLite's error {e.SqliteErrorCode}: {e.Message}."), true),
        };
    }

    private static SqliteDatabase Open(JdbcOptions options, bool creates, CancellationToken cancel) =>
        new(options.Url.Place, creates, options.ConnectionTimeout, cancel);

    private sealed class Disposables(params IDisposable[] items) : IDisposable
    {
        public void Dispose()
        {
            foreach (IDisposable item in items) item.Dispose();
        }
    }
}
