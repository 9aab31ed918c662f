using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// Answers keys with one statement a call, prepared for a few sizes: parameters that are left over are NULL
/// and find nothing.
/// </summary>
internal sealed class SqliteLookup : ILookupSession
{
    private static readonly int[] Sizes = [1, 16, SqliteDialect.LookupKeys];

    private readonly SqliteDatabase _database;
    private readonly SqliteBinder[] _binders;
    private readonly Func<int, string> _sql;
    private readonly SqliteStatement?[] _statements = new SqliteStatement?[Sizes.Length];
    private readonly RowArena _arena = new();

    public SqliteLookup(SqliteDatabase database, JdbcOptions options, TableSpec table, LookupSpec lookup)
    {
        _database = database;
        _binders = [.. lookup.KeyColumns.Select(c => SqliteBinder.For(table.Physical[c].Type))];
        _sql = size => SqliteSql.Lookup(options.TableName, table, lookup, size);
    }

    public void Lookup(ColumnBatch keys, int first, int count, RowReader rows, List<int> keyRows)
    {
        int size = Array.FindIndex(Sizes, s => s >= count);
        SqliteStatement statement = _statements[size] ??= new SqliteStatement(_database, _sql(Sizes[size]));
        Bind(statement, keys, first, count, Sizes[size]);
        using var cursor = new SqliteCursor(statement);
        while (cursor.Read())
        {
            keyRows.Add(first + (int)cursor.Int64(0));
            rows.Append(cursor);
        }
    }

    public void Dispose()
    {
        foreach (SqliteStatement? statement in _statements) statement?.Dispose();
        _arena.Dispose();
        _database.Dispose();
    }

    private void Bind(SqliteStatement statement, ColumnBatch keys, int first, int count, int size)
    {
        _arena.Clear();
        int index = 1;
        for (int key = 0; key < count; key++)
            for (int c = 0; c < _binders.Length; c++)
                _binders[c].Bind(statement, index++, keys.Columns[c], first + key, _arena);
        while (index <= size * _binders.Length) statement.BindNull(index++);
    }
}
