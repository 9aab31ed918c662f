using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Hosting;
using Microsoft.Data.Sqlite;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using MySqlConnector;

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
    private const string MySqlTables = "Millrace.JobManager.Hosting.journal-mysql.sql";

    public static AkkaConfigurationBuilder Add(AkkaConfigurationBuilder builder, JobManagerOptions options)
    {
        Journal journal = Prepare(options);
        return builder.WithSqlPersistence(
            journal.Connection,
            journal.Provider,
            PersistenceMode.Both,
            autoInitialize: journal.MakesTables,
            tagStorageMode: TagMode.TagTable,
            databaseMapping: DatabaseMapping.Default,
            useWriterUuidColumn: true);
    }

    private static Journal Prepare(JobManagerOptions options) => options.MySqlJournal is { } mySql
        ? PrepareMySql(mySql)
        : PrepareSqlite(options.DatabaseFile);

    /// <summary>
    /// Write-ahead logging is a property of the file: set once, it makes a commit one sync instead of two.
    /// </summary>
    private static Journal PrepareSqlite(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string connection =
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = true }.ToString();
        try
        {
            using var database = new SqliteConnection(connection);
            database.Open();
            using SqliteCommand command = database.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL";
            command.ExecuteNonQuery();
            return new Journal("SQLite.MS", connection, MakesTables: true);
        }
        catch (SqliteException e)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"The journal {file} cannot be used: {e.Message}", e);
        }
    }

    private static Journal PrepareMySql(string connection)
    {
        var place = new MySqlConnectionStringBuilder(connection);
        try
        {
            using var database = new MySqlConnection(connection);
            database.Open();
            using MySqlCommand command = database.CreateCommand();
            command.CommandText = NodeSetup.ReadResource(typeof(Journal), MySqlTables);
            command.ExecuteNonQuery();
            bool isMariaDb = database.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
            return new Journal(
                isMariaDb ? "MariaDB.10.MySqlConnector" : "MySql.8.0.MySqlConnector", connection,
                MakesTables: false);
        }
        catch (MySqlException e)
        {
            throw new MillraceException(
                ErrorKind.Unavailable,
                $"The journal {place.Database} at {place.Server}:{place.Port} cannot be used: {e.Message}",
                e);
        }
    }
}
