using Microsoft.Data.Sqlite;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>Where a job keeps (key, count, sum) of its numbers.</summary>
internal sealed class SumsTable
{
    private readonly string _file;
    private readonly string _name;

    public SumsTable(string file, string name)
    {
        _file = file;
        _name = name;
        Execute($"CREATE TABLE {name} (k INTEGER PRIMARY KEY, c INTEGER, s INTEGER)").Dispose();
    }

    /// <summary>The job that fills it from a stream of <see cref="Numbers"/>.</summary>
    public string Sql(string stream) => $"""
        CREATE TABLE numbers (k BIGINT, n BIGINT) WITH ('connector' = 'numbers', 'stream' = '{stream}');
        CREATE TABLE sums (k BIGINT, c BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:{_file}', 'table-name' = '{_name}');
        INSERT INTO sums SELECT k, COUNT(*), SUM(n) FROM numbers GROUP BY k;
        """;

    public IReadOnlyList<(long Key, long Count, long Sum)> Rows()
    {
        using SqliteDataReader reader = Execute($"SELECT k, c, s FROM {_name} ORDER BY k");
        var rows = new List<(long, long, long)>();
        while (reader.Read()) rows.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        return rows;
    }

    /// <summary>The connection is closed with the reader.</summary>
    private SqliteDataReader Execute(string sql)
    {
        var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteReader(System.Data.CommandBehavior.CloseConnection);
    }
}
