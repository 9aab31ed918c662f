using System.Globalization;
using Millrace.Shared.Connect;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>MySQL and MariaDB servers.</summary>
internal sealed class MySqlDialect : JdbcDialect
{
    public const int LookupKeys = 64;

    public override int MaxLookupKeys => LookupKeys;

    /// <summary>On a thread of the pool, which may not wait for another one of it.</summary>
    public override ILookupSession OpenLookup(
        JdbcOptions options, TableSpec table, LookupSpec lookup, CancellationToken cancel) =>
        new MySqlLookup(new MySqlSession(Open(options, default), cancel), options, table, lookup);

    public override ISinkSession OpenSink(JdbcOptions options, TableSpec table, SinkOpening opening)
    {
        var session = new MySqlSession(Open(options, opening.Cancel), opening.Cancel);
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
        JdbcOptions options, TableSpec table, IReadOnlyList<int> columns, long skip,
        CancellationToken cancel)
    {
        var session = new MySqlSession(Open(options, cancel), cancel);
        var command = new MySqlCommand(MySqlSql.Scan(options.TableName, table, columns));
        CancellationTokenRegistration ends = default;
        try
        {
            command.Parameters.Add(new MySqlParameter { Value = skip });
            ends = session.EndsEarly(command);
            return new MySqlCursor(command.ExecuteReader(), ends, command, session) { Scan = command };
        }
        catch
        {
            ends.Dispose();
            command.Dispose();
            session.Dispose();
            throw;
        }
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

    /// <param name="cancel">Ends the wait for the server; none where it can't be canceled.</param>
    internal static MySqlConnection Open(JdbcOptions options, CancellationToken cancel)
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
        if (cancel.CanBeCanceled) connection.OpenAsync(cancel).GetAwaiter().GetResult();
        else connection.Open();
        return connection;
    }
}
