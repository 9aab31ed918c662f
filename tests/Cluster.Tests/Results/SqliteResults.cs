using System.Globalization;
using Microsoft.Data.Sqlite;
using Millrace.Run.Jobs;
using SQLitePCL;

namespace Millrace.Cluster.Tests.Results;

/// <summary>One file that all TaskManagers write.</summary>
internal sealed class SqliteResults(string file) : IResultStore
{
    /// <summary>
    /// Of the file beside the write-ahead log: a writer holds its lock. TaskManagers write no other database.
    /// </summary>
    private const string WriterByte = "120";

    public string Kind => "SQLite";

    public string Out => file;

    public string Tables(string file) => file;

    public string JobFile(CatalogJob job) => job.YamlFile;

    public bool Exists(string table) => ResultTables.Exists(file, table);

    public long Count(string table) =>
        long.Parse(ResultTable.Rows(file, table, "COUNT(*)")[0], CultureInfo.InvariantCulture);

    public List<string> Rows(string table) => ResultTable.Rows(file, table);

    public IDisposable? TryLock()
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        // A command of the provider would wait for the lock, and look for it rarely.
        if (raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE") == raw.SQLITE_OK) return connection;
        connection.Dispose();
        return null;
    }

    /// <remarks>
    /// <c>/proc/locks</c> has lines as <c>1: POSIX ADVISORY WRITE pid major:minor:inode first last</c>.
    /// </remarks>
    public IReadOnlyList<int> Flushing(IReadOnlyList<int> pids)
    {
        HashSet<string> holders = [];
        foreach (string line in File.ReadLines("/proc/locks"))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                is [_, "POSIX", _, "WRITE", var pid, _, WriterByte, WriterByte])
                holders.Add(pid);
        return [.. pids.Where(pid => holders.Contains(pid.ToString(CultureInfo.InvariantCulture)))];
    }

    public void Dispose()
    {
    }
}
