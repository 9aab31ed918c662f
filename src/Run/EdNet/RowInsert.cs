using Microsoft.Data.Sqlite;

namespace Millrace.Run.EdNet;

/// <summary>
/// Inserts rows into a table by one prepared statement; columns that are not named keep their default.
/// </summary>
internal sealed class RowInsert : IDisposable
{
    private readonly SqliteCommand _command;

    public RowInsert(SqliteConnection connection, string table, params ReadOnlySpan<string> columns)
    {
        _command = connection.CreateCommand();
        foreach (string column in columns)
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"@{column}" });
        // Names are this program's own constants.
#pragma warning disable CA2100
        _command.CommandText =
            $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES (@{string.Join(", @", columns)})";
#pragma warning restore CA2100
    }

    public void Add(params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i];
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();
}
