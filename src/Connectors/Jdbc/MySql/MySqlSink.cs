using Millrace.Shared.Connect;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>
/// Writes changes with statements of many rows, in one transaction: the upserts, then the deletes, which
/// never share a key.
/// </summary>
internal sealed class MySqlSink : ISinkSession
{
    private const int RowsInOneStatement = 500;
    private const int ParametersInOneStatement = 30_000;

    private readonly MySqlConnection _connection;
    private readonly JdbcOptions _options;
    private readonly TableSpec _table;
    private readonly int[] _all;
    private readonly List<int> _upserts = [];
    private readonly List<int> _deletes = [];

    public MySqlSink(MySqlConnection connection, JdbcOptions options, TableSpec table)
    {
        _connection = connection;
        _options = options;
        _table = table;
        _all = [.. Enumerable.Range(0, table.Physical.Count)];
        using MySqlCommand create = connection.CreateCommand();
        create.CommandText = MySqlSql.CreateTable(options.TableName, table);
        create.ExecuteNonQuery();
    }

    public void Write(SinkChanges changes)
    {
        _upserts.Clear();
        _deletes.Clear();
        for (int change = 0; change < changes.Count; change++)
            (changes.IsAddition(change) ? _upserts : _deletes).Add(change);
        using MySqlTransaction transaction = _connection.BeginTransaction();
        Run(transaction, changes, _upserts, _all,
            count => MySqlSql.Upsert(_options.TableName, _table, count));
        Run(transaction, changes, _deletes, [.. _table.PrimaryKey],
            count => MySqlSql.Delete(_options.TableName, _table, count));
        transaction.Commit();
    }

    /// <summary>The server makes commits durable itself.</summary>
    public void MakeDurable()
    {
    }

    public void Dispose() => _connection.Dispose();

    private void Run(
        MySqlTransaction transaction, SinkChanges changes, List<int> rows, int[] columns,
        Func<int, string> sql)
    {
        if (rows.Count == 0) return;
        int most = Math.Max(1, Math.Min(RowsInOneStatement, ParametersInOneStatement / columns.Length));
        using MySqlCommand command = _connection.CreateCommand();
        command.Transaction = transaction;
        for (int first = 0; first < rows.Count; first += most)
        {
            int count = Math.Min(most, rows.Count - first);
            if (command.Parameters.Count != count * columns.Length)
                Shape(command, count, columns.Length, sql);
            int index = 0;
            for (int i = first; i < first + count; i++)
                foreach (int column in columns)
                    command.Parameters[index++].Value = MySqlValues.Of(
                        changes.BatchOf(rows[i]).Columns[column], changes.RowOf(rows[i]),
                        _table.Physical[column].Type);
            command.ExecuteNonQuery();
        }
    }

    private static void Shape(MySqlCommand command, int count, int width, Func<int, string> sql)
    {
        command.CommandText = sql(count);
        command.Parameters.Clear();
        for (int i = 0; i < count * width; i++) command.Parameters.Add(new MySqlParameter());
    }
}
