using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>Answers keys with one prepared statement a size.</summary>
internal sealed class MySqlLookup : ILookupSession
{
    private static readonly int[] Sizes = [1, 8, MySqlDialect.LookupKeys];

    private readonly MySqlSession _session;
    private readonly JdbcOptions _options;
    private readonly TableSpec _table;
    private readonly LookupSpec _lookup;
    private readonly MySqlCommand?[] _commands = new MySqlCommand?[Sizes.Length];

    /// <param name="session">Owned from here on.</param>
    public MySqlLookup(MySqlSession session, JdbcOptions options, TableSpec table, LookupSpec lookup)
    {
        _session = session;
        _options = options;
        _table = table;
        _lookup = lookup;
    }

    public void Lookup(ColumnBatch keys, int first, int count, RowReader rows, List<int> keyRows)
    {
        int size = Array.FindIndex(Sizes, s => s >= count);
        MySqlCommand command = _commands[size] ??= Prepare(Sizes[size]);
        int index = 0;
        for (int key = 0; key < Sizes[size]; key++)
            for (int c = 0; c < _lookup.KeyColumns.Length; c++)
                command.Parameters[index++].Value = key < count
                    ? MySqlValues.Of(
                        keys.Columns[c], first + key, _table.Physical[_lookup.KeyColumns[c]].Type)
                    : DBNull.Value;
        using CancellationTokenRegistration ends = _session.EndsEarly(command);
        using var cursor = new MySqlCursor(command.ExecuteReader());
        while (cursor.Read())
        {
            keyRows.Add(first + (int)cursor.Int64(0));
            rows.Append(cursor);
        }
    }

    public void Dispose()
    {
        foreach (MySqlCommand? command in _commands) command?.Dispose();
        _session.Dispose();
    }

    private MySqlCommand Prepare(int size)
    {
        var command = new MySqlCommand(MySqlSql.Lookup(_options.TableName, _table, _lookup, size));
        for (int i = 0; i < size * _lookup.KeyColumns.Length; i++)
            command.Parameters.Add(new MySqlParameter());
        using CancellationTokenRegistration ends = _session.EndsEarly(command);
        command.Prepare();
        return command;
    }
}
