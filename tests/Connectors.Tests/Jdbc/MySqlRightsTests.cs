using Millrace.Connectors.Jdbc;
using Millrace.Connectors.Jdbc.MySql;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using MySqlConnector;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>Fencing with no rights but those on one database: everybody may kill their own
/// connections.</summary>
public sealed class MySqlRightsTests : IDisposable
{
    private const string Password = "secret";
    private const string Rights = "SELECT, INSERT, UPDATE, DELETE, CREATE";

    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.VarChar(50)));

    private readonly MySqlDatabase _database = new("rights");

    public void Dispose() => _database.Dispose();

    [MySqlFact(mustGrant: true)]
    public void A_user_kills_the_connection_of_its_own_predecessor()
    {
        using MySqlUser user = _database.NewUser("writer", Password, Rights);
        using MySqlSession stopped = Stopped(user.JdbcUrl);
        Write(user.JdbcUrl, attempt: 2, "new");
        Assert.Throws<MySqlException>(() => stopped.Run("COMMIT"));
        Assert.Equal(["1|new"], _database.Query("SELECT id, name FROM t"));
    }

    [MySqlFact(mustGrant: true)]
    public void The_connection_of_another_user_is_not_seen_and_its_lock_is_waited_for() =>
        AssertWaitsForOther(seesProcesses: false);

    [MySqlFact(mustGrant: true)]
    public void The_connection_of_another_user_may_be_seen_but_not_killed_and_its_lock_is_waited_for() =>
        AssertWaitsForOther(seesProcesses: true);

    [MySqlFact(mustGrant: true)]
    public void A_user_who_may_not_make_the_table_of_attempts_is_told_what_to_grant()
    {
        using (Open(_database.JdbcUrl, attempt: 1)) { }
        using MySqlUser user = _database.NewUser("reader", Password, "SELECT, INSERT, UPDATE, DELETE");
        MillraceException e = Assert.Throws<MillraceException>(() => Write(user.JdbcUrl, attempt: 2, "new"));
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Contains(
            "may not make or change the table 'millrace_fencing'", e.Message, StringComparison.Ordinal);
        Assert.Contains("grant CREATE, SELECT, INSERT, UPDATE and DELETE on it", e.Message,
            StringComparison.Ordinal);
    }

    /// <summary>The predecessor has its connection registered, and is another user's.</summary>
    private void AssertWaitsForOther(bool seesProcesses)
    {
        using MySqlUser user = _database.NewUser("writer", Password, Rights);
        if (seesProcesses)
            foreach (string account in MySqlUser.Accounts(user.Name))
                _database.Run($"GRANT PROCESS ON *.* TO {account}");
        using MySqlSession stopped = Stopped(_database.JdbcUrl);
        MillraceException e = Assert.Throws<MillraceException>(
            () => Write(user.JdbcUrl, attempt: 2, "new", ("connection.max-retry-timeout", "1s")));
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        Assert.Contains("did not let go of them within 1 s", e.Message, StringComparison.Ordinal);
        stopped.Run("COMMIT");
        Write(user.JdbcUrl, attempt: 3, "new");
        Assert.Equal(["1|new"], _database.Query("SELECT id, name FROM t"));
    }

    /// <summary>The first attempt, in the middle of a flush.</summary>
    private static MySqlSession Stopped(string url)
    {
        using (Open(url, attempt: 1)) { }
        var session = new MySqlSession(MySqlDialect.Open(JdbcOptions.Read(Table(url)), default), default);
        var fence = new Fence(Table(url), Tables.ContextOf(1, 0));
        var flush = new MySqlFence(session, fence, takesOver: true, TimeSpan.FromSeconds(5));
        flush.Open();
        flush.Begin();
        session.Run("INSERT INTO t VALUES (1, 'old')");
        return session;
    }

    private static void Write(
        string url, int attempt, string name, params (string Key, string Value)[] options)
    {
        using ISinkWriter sink = Open(url, attempt, options);
        sink.Write(Tables.Batch(Tables.Longs(1), BytesColumn.Of(name)));
        sink.Flush();
    }

    private static ISinkWriter Open(string url, int attempt, params (string Key, string Value)[] options) =>
        new JdbcConnector().OpenSink(Table(url, options), Tables.ContextOf(attempt, 0));

    private static TableSpec Table(string url, params (string Key, string Value)[] options) =>
        Tables.Of(url, Names, [0], options);
}
