using System.Globalization;
using Microsoft.Data.Sqlite;
using Millrace.Run.Events;
using Millrace.Run.Jobs;

namespace Millrace.Run.Reports;

/// <summary>The SQLite file of the result tables, as <c>./run</c> empties and shows it.</summary>
internal sealed class ResultDatabase(string path)
{
    /// <summary>Empties the tables of these jobs where they exist; other tables stay as they are.</summary>
    /// <exception cref="BadInputException">
    /// The file cannot be made, is locked or is no SQLite database.
    /// </exception>
    public void Empty(IEnumerable<CatalogJob> jobs)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using SqliteConnection connection = Open();
            foreach (CatalogJob job in jobs.Where(job => Exists(connection, job.ResultTable)))
                Query(connection, $"DELETE FROM {job.ResultTable}").ExecuteNonQuery();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The results {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>How many rows a job's table holds; 0 where it does not exist.</summary>
    public long CountRows(CatalogJob job)
    {
        using SqliteConnection connection = Open();
        return Exists(connection, job.ResultTable)
            ? (long)Query(connection, $"SELECT COUNT(*) FROM {job.ResultTable}").ExecuteScalar()!
            : 0;
    }

    /// <summary>The column names, then the first rows by key, as text.</summary>
    public IReadOnlyList<string[]> Sample(CatalogJob job, int rowCount)
    {
        using SqliteConnection connection = Open();
        if (!Exists(connection, job.ResultTable))
            return [];
        using SqliteDataReader reader = Query(connection,
            $"SELECT * FROM {job.ResultTable} ORDER BY {job.Key} LIMIT {rowCount}").ExecuteReader();
        int columnCount = reader.FieldCount;
        List<string[]> rows = [[.. Enumerable.Range(0, columnCount).Select(reader.GetName)]];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, columnCount).Select(column =>
                Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture) ?? "")]);
        }
        return rows;
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static bool Exists(SqliteConnection connection, string table) =>
        (long)Query(connection, $"SELECT COUNT(*) FROM sqlite_master WHERE name = '{table}'").ExecuteScalar()!
        > 0;

    // Every part of the text is a constant of the job catalog.
#pragma warning disable CA2100
    private static SqliteCommand Query(SqliteConnection connection, string sql) => new(sql, connection);
#pragma warning restore CA2100
}
