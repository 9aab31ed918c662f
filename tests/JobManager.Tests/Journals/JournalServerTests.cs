using Millrace.JobManager.Hosting;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>A journal on a server that cannot be used is told in a sentence, without the password.</summary>
public sealed class JournalServerTests
{
    private const string Password = "open sesame";

    [Fact]
    public void A_server_that_is_away()
    {
        MillraceException e = Refused($"Server=127.0.0.1;Port={FixedPort.Next()};Database=jobs;User ID=u;"
            + $"Password={Password}");
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        Assert.Matches(
            @"^The journal 'jobs' at 127\.0\.0\.1:\d+ cannot be used: the server does not answer\.$", e.Message);
    }

    [MySqlFact]
    public void A_database_that_is_missing()
    {
        using var database = new MySqlDatabase("missing");
        string connection = database.ConnectionString().Replace(
            database.Name, "no_such_database", StringComparison.Ordinal);
        MillraceException e = Refused(connection);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Equal(
            $"The journal 'no_such_database' at {database.Host}:{database.Port} cannot be used: the server has "
            + "no such database; create it.", e.Message);
    }

    [MySqlFact]
    public void A_wrong_password()
    {
        using var database = new MySqlDatabase("password");
        MillraceException e = Refused(new MySqlConnector.MySqlConnectionStringBuilder(
            database.ConnectionString())
        { Password = Password }.ConnectionString);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Equal(
            $"The journal '{database.Name}' at {database.Host}:{database.Port} cannot be used: the server "
            + $"refuses user '{database.User}'; check 'journal.user' and 'journal.password'.", e.Message);
    }

    [MySqlFact(mustGrant: true)]
    public void A_user_who_may_not_make_the_tables_may_use_those_that_are_there()
    {
        using var database = new MySqlDatabase("rights");
        using MySqlUser user = database.NewUser("reader", Password, "SELECT, INSERT, UPDATE, DELETE");
        string connection = user.ConnectionString;
        MillraceException e = Refused(connection);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Contains(
            $"its tables are missing and user '{user.Name}' may not make them; grant CREATE, SELECT, INSERT, "
            + "UPDATE and DELETE.", e.Message, StringComparison.Ordinal);
        MySqlJournal.Prepare(database.ConnectionString());
        Assert.Equal(connection, MySqlJournal.Prepare(connection).Connection);
    }

    private static MillraceException Refused(string connection)
    {
        MillraceException e = Assert.Throws<MillraceException>(() => MySqlJournal.Prepare(connection));
        Assert.DoesNotContain(Password, e.Message, StringComparison.Ordinal);
        return e;
    }
}
