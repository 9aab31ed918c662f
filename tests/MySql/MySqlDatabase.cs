using System.Globalization;
using MySqlConnector;

namespace Millrace.TestServers;

/// <summary>A database of a test's own on the server of MILLRACE_MYSQL, dropped at the end.</summary>
internal sealed class MySqlDatabase : IDisposable
{
    private static int _count;

    private readonly MySqlConnectionStringBuilder _server;

    /// <param name="purpose">A part of its name, of letters.</param>
    public MySqlDatabase(string purpose)
    {
        _server = Server();
        Name = string.Create(
            CultureInfo.InvariantCulture,
            $"millrace_{purpose}_{Environment.ProcessId}_{Interlocked.Increment(ref _count)}");
        Run($"DROP DATABASE IF EXISTS {Name}");
        Run($"CREATE DATABASE {Name} CHARACTER SET utf8mb4");
        _server.Database = Name;
        JdbcUrl = JdbcUrlOf(User, Password);
    }

    public string Name { get; }

    /// <summary>With the user and the password.</summary>
    public string JdbcUrl { get; }

    public string Host => _server.Server;

    public int Port => (int)_server.Port;

    public string User => _server.UserID;

    public string Password => _server.Password;

    /// <param name="port">Null: the server's own.</param>
    public string ConnectionString(int? port = null) => ConnectionString(User, Password, port);

    public string ConnectionString(string user, string password, int? port = null) =>
        new MySqlConnectionStringBuilder
        {
            Server = Host,
            Port = (uint)(port ?? Port),
            UserID = user,
            Password = password,
            Database = Name,
        }.ConnectionString;

    public string JdbcUrlOf(string user, string password) => string.Create(
        CultureInfo.InvariantCulture,
        $"jdbc:mysql://{Host}:{Port}/{Name}?user={user}&password={Uri.EscapeDataString(password)}");

    /// <summary>A connection to the server, in no database.</summary>
    public static MySqlConnection OpenServer() => Open(Server());

    public MySqlConnection Open() => Open(_server);

    /// <param name="rights">In this database; no other ones.</param>
    public MySqlUser NewUser(string purpose, string password, string rights)
    {
        string name = purpose + Name["millrace".Length..];
        foreach (string user in MySqlUser.Accounts(name))
        {
            Run($"DROP USER IF EXISTS {user}");
            Run($"CREATE USER {user} IDENTIFIED BY '{password}'");
            Run($"GRANT {rights} ON {Name}.* TO {user}");
        }
        return new MySqlUser(this, name, password);
    }

    public static MySqlCommand Command(MySqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // names are constants of the tests
        return new MySqlCommand(sql, connection);
#pragma warning restore CA2100
    }

    public void Run(string sql)
    {
        using MySqlConnection connection = Open();
        using MySqlCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    /// <returns>A line a row, its values apart by a bar.</returns>
    public List<string> Query(string sql)
    {
        using MySqlConnection connection = Open();
        using MySqlCommand command = Command(connection, sql);
        using MySqlDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    private static MySqlConnectionStringBuilder Server()
    {
        var url = new Uri(MySqlFactAttribute.Url!["jdbc:".Length..]);
        Dictionary<string, string> parameters = url.Query.TrimStart('?').Split('&')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        return new MySqlConnectionStringBuilder
        {
            Server = url.Host,
            Port = (uint)url.Port,
            UserID = parameters["user"],
            Password = parameters["password"],
            Pooling = false,
        };
    }

    private static MySqlConnection Open(MySqlConnectionStringBuilder server)
    {
        var connection = new MySqlConnection(server.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        _server.Database = "";
        Run($"DROP DATABASE {Name}");
    }
}
