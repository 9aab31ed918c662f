using System.Globalization;
using Millrace.Run.Jobs;
using MySqlConnector;

namespace Millrace.Cluster.Tests.Results;

/// <summary>Two databases of its own on the server of MILLRACE_MYSQL, dropped at the end.</summary>
internal sealed class MySqlResults : IResultStore
{
    private readonly string _jobFolder;
    private readonly MySqlDatabase _database = new("results");

    /// <summary>Of the dimension tables: who looks something up there is in no flush.</summary>
    private readonly MySqlDatabase _dimensions = new("tables");

    /// <param name="jobFolder">For the jobs' files.</param>
    public MySqlResults(string jobFolder) => _jobFolder = Directory.CreateDirectory(jobFolder).FullName;

    public string Kind => "MySQL";

    public string Out => _database.JdbcUrl;

    public string Tables(string file)
    {
        DimensionCopy.Write(file, _dimensions);
        return _dimensions.JdbcUrl;
    }

    public string JobFile(CatalogJob job)
    {
        string yaml = Path.Combine(_jobFolder, Path.GetFileName(job.YamlFile));
        File.Copy(job.YamlFile, yaml);
        File.WriteAllText(
            Path.Combine(_jobFolder, Path.GetFileName(job.SqlFile)),
            File.ReadAllText(job.SqlFile)
                .Replace("jdbc:sqlite:${out}", "${out}", StringComparison.Ordinal)
                .Replace("jdbc:sqlite:${tables}", "${tables}", StringComparison.Ordinal));
        return yaml;
    }

    public bool Exists(string table) => Query(
        "SELECT COUNT(*) FROM information_schema.TABLES "
        + $"WHERE TABLE_SCHEMA = '{_database.Name}' AND TABLE_NAME = '{table}'") is ["1"];

    public long Count(string table) =>
        long.Parse(Query($"SELECT COUNT(*) FROM {table}")[0], CultureInfo.InvariantCulture);

    public List<string> Rows(string table) => Query($"SELECT * FROM {table}");

    public IDisposable? TryLock()
    {
        MySqlConnection connection = _database.Open();
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
            + $"ON p.ID = t.trx_mysql_thread_id WHERE p.DB = '{_database.Name}'");
        return TcpPorts.Owners(pids, [.. clients.Select(client => client[(client.LastIndexOf(':') + 1)..])]);
    }

    public void Dispose()
    {
        _database.Dispose();
        _dimensions.Dispose();
    }

    private static void Run(MySqlConnection connection, string sql)
    {
        using MySqlCommand command = MySqlDatabase.Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private List<string> Query(string sql)
    {
        using MySqlConnection connection = _database.Open();
        using MySqlCommand command = MySqlDatabase.Command(connection, sql);
        using MySqlDataReader reader = command.ExecuteReader();
        return ResultTable.Lines(reader);
    }
}
