using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using MySqlConnector;

namespace Millrace.JobManager.Hosting;

/// <summary>A journal on a MySQL or MariaDB server, where Akka.Persistence.Sql can't make its
/// tables.</summary>
internal static class MySqlJournal
{
    private const string TablesResource = "Millrace.JobManager.Hosting.journal-mysql.sql";
    private const int TableCount = 3;

    /// <summary>Makes the tables that are missing.</summary>
    /// <param name="connection">The connection string.</param>
    /// <exception cref="MillraceException">Invalid: it is not there or may not be used; Unavailable: the
    /// server does not answer. The sentence holds no password.</exception>
    public static Journal Prepare(string connection)
    {
        try
        {
            using var database = new MySqlConnection(connection);
            database.Open();
            if (!HasTables(database)) MakeTables(database);
            bool isMariaDb = database.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
            return new Journal(
                isMariaDb ? "MariaDB.10.MySqlConnector" : "MySql.8.0.MySqlConnector", connection,
                MakesTables: false);
        }
        catch (MySqlException e)
        {
            throw Explain(e, new MySqlConnectionStringBuilder(connection));
        }
    }

    /// <summary>The right to make tables is needed only where they are missing.</summary>
    private static bool HasTables(MySqlConnection database)
    {
        using MySqlCommand command = database.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM information_schema.TABLES "
            + "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('journal', 'tags', 'snapshot')";
        return command.ExecuteScalar() is long and TableCount;
    }

    private static void MakeTables(MySqlConnection database)
    {
        using MySqlCommand command = database.CreateCommand();
        command.CommandText = NodeSetup.ReadResource(typeof(Journal), TablesResource);
        command.ExecuteNonQuery();
    }

    private static MillraceException Explain(MySqlException e, MySqlConnectionStringBuilder place)
    {
        (ErrorKind kind, string what) = e.ErrorCode switch
        {
            MySqlErrorCode.UnknownDatabase =>
                (ErrorKind.Invalid, "the server has no such database; create it"),
            MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied => (
                ErrorKind.Invalid,
                $"the server refuses user '{place.UserID}'; check 'journal.user' and 'journal.password'"),
            MySqlErrorCode.TableAccessDenied => (
                ErrorKind.Invalid,
                $"its tables are missing and user '{place.UserID}' may not make them; grant CREATE, SELECT, "
                + "INSERT, UPDATE and DELETE"),
            MySqlErrorCode.UnableToConnectToHost => (ErrorKind.Unavailable, "the server does not answer"),
            _ => (ErrorKind.Unavailable, e.Message.TrimEnd('.')),
        };
        return new MillraceException(
            kind, $"The journal '{place.Database}' at {place.Server}:{place.Port} cannot be used: {what}.",
            e);
    }
}
