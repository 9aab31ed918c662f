using Millrace.JobManager.Hosting;
using Millrace.Shared.Configuration;
using Millrace.Shared.Errors;
using MySqlConnector;
using Xunit;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>Where <c>journal.url</c> says that the journal is.</summary>
public sealed class JournalUrlTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("jdbc:mysql://db.example:3307/jobs", "db.example", 3307, "jobs")]
    [InlineData("jdbc:mysql://db.example/jobs", "db.example", 3306, "jobs")]
    [InlineData("jdbc:mysql://[::1]:3306/jobs", "::1", 3306, "jobs")]
    public void A_server(string url, string host, uint port, string database)
    {
        var connection = new MySqlConnectionStringBuilder(Read(url).MySqlJournal!);
        Assert.Equal((host, port, database), (connection.Server, connection.Port, connection.Database));
        Assert.Equal(("me", "secret"), (connection.UserID, connection.Password));
    }

    [Fact]
    public void A_file()
    {
        JobManagerOptions options = Read("jdbc:sqlite:/var/jobs.db", user: null);
        Assert.Null(options.MySqlJournal);
        Assert.Equal("/var/jobs.db", options.DatabaseFile);
    }

    [Theory]
    [InlineData("jdbc:mysql://db.example")]
    [InlineData("jdbc:mysql:///jobs")]
    [InlineData("jdbc:mysql://me:open-sesame@db.example/jobs")]
    [InlineData("jdbc:mysql://db.example/jobs?user=me&password=open-sesame")]
    [InlineData("jdbc:postgresql://db.example/jobs")]
    public void Anything_else_is_refused_and_no_password_is_shown(string url)
    {
        MillraceException e = Assert.Throws<MillraceException>(() => Read(url));
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Contains("jdbc:mysql://host:port/database (user and password are keys)", e.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("open-sesame", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_of_a_file_is_refused()
    {
        MillraceException e = Assert.Throws<MillraceException>(() => Read("jdbc:sqlite:/var/jobs.db"));
        Assert.Contains("'journal.user' is set but the journal is a SQLite file", e.Message,
            StringComparison.Ordinal);
    }

    private JobManagerOptions Read(string url, string? user = "me")
    {
        List<string> options = [$"--node.data_folder={_folder.FullName}", $"--journal.url={url}"];
        if (user is not null) options.AddRange([$"--journal.user={user}", "--journal.password=secret"]);
        return JobManagerKeys.Options(new ConfigSources(JobManagerKeys.Program, JobManagerKeys.All).Read(
            [.. options], new Dictionary<string, string>()));
    }
}
