using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Millrace.EdNetModel;

/// <summary>Reads a table of a SQLite file as lines in the form of <see cref="NaiveModel"/>.</summary>
internal static class ResultTable
{
    public static List<string> Rows(string path, string table, string columns = "*")
    {
        using SqliteConnection connection = new($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // names are constants of the tests
        command.CommandText = $"SELECT {columns} FROM {table}";
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        return Lines(reader);
    }

    public static List<string> Lines(DbDataReader reader)
    {
        List<string> rows = [];
        while (reader.Read())
            rows.Add(string.Join(
                '\t', Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))));
        return rows;
    }

    /// <summary>A value as text, the same for every integer type.</summary>
    public static string Text(object? value) => value switch
    {
        null or DBNull => "null",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
