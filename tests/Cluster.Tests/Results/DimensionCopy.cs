using System.Globalization;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace Millrace.Cluster.Tests.Results;

/// <summary>Brings the jobs' dimension tables from the file that is made for them to a server.</summary>
internal static class DimensionCopy
{
    private const int RowsInOneStatement = 500;

    /// <summary>When a row was written; nothing reads it.</summary>
    private static readonly string[] Left = ["created_at", "updated_at"];

    /// <param name="file">A SQLite file.</param>
    /// <param name="database">An empty one.</param>
    public static void Write(string file, MySqlDatabase database)
    {
        database.Run(File.ReadAllText(
            Path.Combine(Repository.Root, "jobs", "ddl", "mysql", "dimension-tables.sql")));
        using var source = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        source.Open();
        using MySqlConnection target = database.Open();
        // A key that is 0 is no request for a number.
        Run(target, "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')");
        foreach (string table in database.Query("SHOW TABLES")) Copy(source, target, table);
    }

    private static void Copy(SqliteConnection source, MySqlConnection target, string table)
    {
        using SqliteCommand command = source.CreateCommand();
#pragma warning disable CA2100 // names are constants of the repository
        command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        int[] columns =
            [.. Enumerable.Range(0, reader.FieldCount).Where(i => !Left.Contains(reader.GetName(i)))];
        string insert = $"INSERT INTO {table} ({string.Join(", ", columns.Select(reader.GetName))}) VALUES ";
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add($"({string.Join(", ", columns.Select(i => Literal(reader.GetValue(i))))})");
            if (rows.Count == RowsInOneStatement) Flush();
        }
        if (rows.Count > 0) Flush();

        void Flush()
        {
            Run(target, insert + string.Join(", ", rows));
            rows.Clear();
        }
    }

    private static string Literal(object value) => value switch
    {
        DBNull => "NULL",
        string text => $"'{MySqlHelper.EscapeString(text)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Run(MySqlConnection connection, string sql)
    {
        using MySqlCommand command = MySqlDatabase.Command(connection, sql);
        command.ExecuteNonQuery();
    }
}
