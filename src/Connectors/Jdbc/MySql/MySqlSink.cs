using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
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

    private readonly MySqlSession _session;
    private readonly MySqlFence? _fence;
    private readonly JdbcOptions _options;
    private readonly TableSpec _table;
    private readonly int[] _all;
    private readonly List<int> _upserts = [];
    private readonly List<int> _deletes = [];

    /// <param name="session">Owned from here on.</param>
    public MySqlSink(MySqlSession session, JdbcOptions options, TableSpec table, SinkOpening opening)
    {
        _session = session;
        _options = options;
        _table = table;
        _all = [.. Enumerable.Range(0, table.Physical.Count)];
        if (opening.Fence is { } fence)
            _fence = new MySqlFence(session, fence, opening.IsFirst, options.ConnectionTimeout);
        CreateTable();
    }

    public void Write(SinkChanges changes)
    {
        _upserts.Clear();
        _deletes.Clear();
        for (int change = 0; change < changes.Count; change++)
            (changes.IsAddition(change) ? _upserts : _deletes).Add(change);
        _fence?.Open();
        try
        {
            if (_fence is not null) _fence.Begin();
            else _session.Run("START TRANSACTION");
            Run(changes, _upserts, _all, count => MySqlSql.Upsert(_options.TableName, _table, count));
            Run(changes, _deletes, [.. _table.PrimaryKey],
                count => MySqlSql.Delete(_options.TableName, _table, count));
            _session.Run("COMMIT");
        }
        catch (MillraceException)
        {
            // After any other failure the session is thrown away, and the server rolls back itself.
            _session.Run("ROLLBACK");
            throw;
        }
    }

    /// <summary>The server makes commits durable itself.</summary>
    public void MakeDurable()
    {
    }

    public void Dispose() => _session.Dispose();

    private void CreateTable()
    {
        try
        {
            _session.Run(MySqlSql.CreateTable(_options.TableName, _table));
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.TableAccessDenied)
        {
            // The right to create tables is not needed where the table exists; else the first write tells.
        }
    }

    private void Run(SinkChanges changes, List<int> rows, int[] columns, Func<int, string> sql)
    {
        if (rows.Count == 0) return;
        int most = Math.Max(1, Math.Min(RowsInOneStatement, ParametersInOneStatement / columns.Length));
        using var command = new MySqlCommand();
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
            _session.Run(command);
        }
    }

    private static void Shape(MySqlCommand command, int count, int width, Func<int, string> sql)
    {
        command.CommandText = sql(count);
        command.Parameters.Clear();
        for (int i = 0; i < count * width; i++) command.Parameters.Add(new MySqlParameter());
    }
}
