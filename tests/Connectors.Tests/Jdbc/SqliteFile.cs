using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>A SQLite file of one test, deleted with its folder.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-jdbc-");

    public SqliteFile() => Path = System.IO.Path.Combine(_folder.FullName, "test.db");

    public string Path { get; }

    public string Url => $"jdbc:sqlite:{Path}";

    public void Run(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Each row's values joined by a bar, in the order of the text.</summary>
    public string[] Rows(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i =>
                reader.IsDBNull(i)
                    ? "NULL" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        rows.Sort(StringComparer.Ordinal);
        return [.. rows];
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
