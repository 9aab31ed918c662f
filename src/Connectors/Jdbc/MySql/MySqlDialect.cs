using System.Globalization;
using Millrace.Shared.Connect;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>MySQL and MariaDB servers.</summary>
internal sealed class MySqlDialect : JdbcDialect
{
    public const int LookupKeys = 64;

    public override int MaxLookupKeys => LookupKeys;

    public override ILookupSession OpenLookup(JdbcOptions options, TableSpec table, LookupSpec lookup) =>
        new MySqlLookup(Open(options), options, table, lookup);

    public override ISinkSession OpenSink(JdbcOptions options, TableSpec table, SinkOpening opening)
    {
        var session = new MySqlSession(Open(options), opening.Cancel);
        try
        {
            return new MySqlSink(session, options, table, opening);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public override RowCursor Scan(
        JdbcOptions options, TableSpec table, IReadOnlyList<int> columns, long skip)
    {
        MySqlConnection connection = Open(options);
        MySqlCommand command = connection.CreateCommand();
        command.CommandText = MySqlSql.Scan(options.TableName, table, columns);
        command.Parameters.Add(new MySqlParameter { Value = skip });
        return new MySqlCursor(command.ExecuteReader(), command, connection);
    }

    public override JdbcFailure Explain(Exception failure, JdbcOptions options)
    {
        string place = $"'{options.TableName}' in {options.Url}";
        if (failure is IOException) return new JdbcFailure($"({place}): {failure.Message}", true);
        if (failure is not MySqlException e) return new JdbcFailure($"({place}): {failure.Message}", false);
        return e.ErrorCode switch
        {
            MySqlErrorCode.NoSuchTable => new JdbcFailure($"is missing: there is no table {place}.", false),
            MySqlErrorCode.BadFieldError =>
                new JdbcFailure($"({place}) does not fit its declaration: {e.Message}.", false),
            MySqlErrorCode.UnknownDatabase =>
                new JdbcFailure($"({place}): there is no such database.", false),
            MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied
                or MySqlErrorCode.TableAccessDenied =>
                new JdbcFailure($"({place}): the server refuses user '{UserOf(options)}'; check 'username' "
                    + "and 'password'.", false),
            MySqlErrorCode.UnableToConnectToHost =>
                new JdbcFailure($"({place}): the server does not answer.", true),
            MySqlErrorCode.ColumnCannotBeNull or MySqlErrorCode.DataTooLong
                or MySqlErrorCode.WarningDataOutOfRange
                or MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.NoReferencedRow2 =>
                new JdbcFailure($"({place}) refuses a row: {e.Message}.", false),
            MySqlErrorCode.ParseError => new JdbcFailure(
                $"({place}): the server does not understand the statement: {e.Message}.", false),
            _ => new JdbcFailure(string.Create(CultureInfo.InvariantCulture,
                $"({place}) failed with the server's error {e.Number}: {e.Message}."), true),
        };
    }

    private static string UserOf(JdbcOptions options) =>
        options.UserName ?? options.Url.Parameters.GetValueOrDefault("user", "");

    internal static MySqlConnection Open(JdbcOptions options)
    {
        var builder = new MySqlConnectionStringBuilder
        {
            Server = options.Url.Place,
            Port = (uint)options.Url.Port,
            Database = options.Url.Name,
            UserID = UserOf(options),
            Password = options.Password ?? options.Url.Parameters.GetValueOrDefault("password", ""),
            ConnectionTimeout = (uint)Math.Clamp(options.ConnectionTimeout.TotalSeconds, 1, 3600),
            Pooling = false,
            TreatTinyAsBoolean = false,
            IgnorePrepare = false,
            SslMode = options.Url.Parameters.GetValueOrDefault("useSSL") is "false"
                ? MySqlSslMode.Disabled : MySqlSslMode.Preferred,
        };
        var connection = new MySqlConnection(builder.ConnectionString);
        connection.Open();
        return connection;
    }
}
