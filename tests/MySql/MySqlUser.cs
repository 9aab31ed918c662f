namespace Millrace.TestServers;

/// <summary>A user of a test's database, dropped at the end.</summary>
internal sealed class MySqlUser(MySqlDatabase database, string name, string password) : IDisposable
{
    public string Name => name;

    public string ConnectionString => database.ConnectionString(name, password);

    public string JdbcUrl => database.JdbcUrlOf(name, password);

    /// <summary>An anonymous user of localhost would come before one of anywhere.</summary>
    public static IReadOnlyList<string> Accounts(string name) => [$"'{name}'@'%'", $"'{name}'@'localhost'"];

    public void Dispose() => database.Run($"DROP USER {string.Join(", ", Accounts(name))}");
}
