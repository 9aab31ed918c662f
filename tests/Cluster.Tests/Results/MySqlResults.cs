using System.Globalization;
using Millrace.Run.Jobs;
using MySqlConnector;

namespace Millrace.Cluster.Tests.Results;

/// <summary>A database of its own on the server of MILLRACE_MYSQL, dropped at the end.</summary>
internal sealed class MySqlResults : IResultStore
{
    private readonly string _jobFolder;
    private readonly string _name = $"millrace_chaos_{Environment.ProcessId}";
    private readonly MySqlConnectionStringBuilder _server;

    /// <param name="url"><c>jdbc:mysql://host:port/database?user=…&amp;password=…</c></param>
    /// <param name="jobFolder">For the jobs' files.</param>
    public MySqlResults(string url, string jobFolder)
    {
        var parts = new Uri(url["jdbc:".Length..]);
        Dictionary<string, string> parameters = parts.Query.TrimStart('?').Split('&')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        _server = new MySqlConnectionStringBuilder
        {
            Server = parts.Host,
            Port = (uint)parts.Port,
            UserID = parameters["user"],
            Password = parameters["password"],
            Pooling = false,
        };
        Run($"CREATE DATABASE {_name} CHARACTER SET utf8mb4");
        _server.Database = _name;
        Out = $"jdbc:mysql://{parts.Authority}/{_name}{parts.Query}";
        _jobFolder = Directory.CreateDirectory(jobFolder).FullName;
    }

    public static string? ServerUrl => Environment.GetEnvironmentVariable("MILLRACE_MYSQL");

    public string Kind => "MySQL";

    public string Out { get; }

    public string JobFile(CatalogJob job)
    {
        string yaml = Path.Combine(_jobFolder, Path.GetFileName(job.YamlFile));
        File.Copy(job.YamlFile, yaml);
        File.WriteAllText(
            Path.Combine(_jobFolder, Path.GetFileName(job.SqlFile)),
            File.ReadAllText(job.SqlFile).Replace("jdbc:sqlite:${out}", "${out}", StringComparison.Ordinal));
        return yaml;
    }

    public bool Exists(string table) => Query(
        "SELECT COUNT(*) FROM information_schema.TABLES "
        + $"WHERE TABLE_SCHEMA = '{_name}' AND TABLE_NAME = '{table}'") is ["1"];

    public long Count(string table) =>
        long.Parse(Query($"SELECT COUNT(*) FROM {table}")[0], CultureInfo.InvariantCulture);

    public List<string> Rows(string table) => Query($"SELECT * FROM {table}");

    public IDisposable? TryLock()
    {
        MySqlConnection connection = Open();
        try
        {
            Run(connection, "SET SESSION innodb_lock_wait_timeout = 1");
            Run(connection, "START TRANSACTION");
            Run(connection, "SELECT attempt FROM millrace_fencing FOR UPDATE");
            return connection;
        }
        catch (MySqlException)
        {
            // Others have it, or no sink has made the table yet.
            connection.Dispose();
            return null;
        }
    }

    public IReadOnlyList<int> Flushing(IReadOnlyList<int> pids)
    {
        IEnumerable<string> clients = Query(
            "SELECT p.HOST FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p "
            + $"ON p.ID = t.trx_mysql_thread_id WHERE p.DB = '{_name}'");
        return TcpPorts.Owners(pids, [.. clients.Select(client => client[(client.LastIndexOf(':') + 1)..])]);
    }

    public void Dispose()
    {
        _server.Database = "";
        Run($"DROP DATABASE {_name}");
    }

    private MySqlConnection Open()
    {
        var connection = new MySqlConnection(_server.ConnectionString);
        connection.Open();
        return connection;
    }

    private void Run(string sql)
    {
        using MySqlConnection connection = Open();
        Run(connection, sql);
    }

    private static void Run(MySqlConnection connection, string sql)
    {
        using MySqlCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private List<string> Query(string sql)
    {
        using MySqlConnection connection = Open();
        using MySqlCommand command = Command(connection, sql);
        using MySqlDataReader reader = command.ExecuteReader();
        return ResultTable.Lines(reader);
    }

    private static MySqlCommand Command(MySqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // names are constants of the tests
        return new MySqlCommand(sql, connection);
#pragma warning restore CA2100
    }
}
