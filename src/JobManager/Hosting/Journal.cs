using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Hosting;
using Microsoft.Data.Sqlite;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Hosting;

/// <summary>
/// The database of jobs and their events, the same for all JobManagers of a cluster. It is unique on
/// persistence id and sequence number: of two who write the next event of one job, one fails and stops.
/// </summary>
/// <param name="Provider">linq2db's name of the database.</param>
/// <param name="Connection">The connection string, password included: never shown.</param>
/// <param name="MakesTables">Akka.Persistence.Sql makes the tables itself; where it can't, they are
/// there.</param>
internal sealed record Journal(string Provider, string Connection, bool MakesTables)
{
    private const string Settings = "Millrace.JobManager.Hosting.jobmanager.hocon";

    public AkkaConfigurationBuilder AddTo(AkkaConfigurationBuilder builder)
    {
        builder.AddHocon(NodeSetup.ReadResource(typeof(Journal), Settings), HoconAddMode.Prepend);
        return builder.WithSqlPersistence(
            Connection,
            Provider,
            PersistenceMode.Both,
            autoInitialize: MakesTables,
            tagStorageMode: TagMode.TagTable,
            databaseMapping: DatabaseMapping.Default,
            useWriterUuidColumn: true);
    }

    /// <summary>The database, with what only we can make in it.</summary>
    /// <exception cref="MillraceException">Invalid: it is not there or may not be used; Unavailable: it does
    /// not answer.</exception>
    public static Journal Prepare(JobManagerOptions options) => options.MySqlJournal is { } mySql
        ? MySqlJournal.Prepare(mySql)
        : PrepareSqlite(options.DatabaseFile);

    /// <summary>
    /// The jobs' SQL has passwords in it, so nobody else may read it; SQLite gives its other files the same
    /// mode. One that is there is not opened: closing it would drop this process's locks.
    /// </summary>
    private static void CreatePrivate(string file)
    {
        if (OperatingSystem.IsWindows() || File.Exists(file)) return;
        try
        {
            new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another JobManager has made it, or SQLite says what is wrong.
        }
    }

    /// <summary>
    /// Write-ahead logging is a property of the file: set once, it makes a commit one sync instead of two.
    /// </summary>
    private static Journal PrepareSqlite(string file)
    {
        string connection =
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = true }.ToString();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            CreatePrivate(file);
            using var database = new SqliteConnection(connection);
            database.Open();
            using SqliteCommand command = database.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL";
            command.ExecuteNonQuery();
            return new Journal("SQLite.MS", connection, MakesTables: true);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The journal {file} cannot be used: {e.Message}", e);
        }
    }
}
