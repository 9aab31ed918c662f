using System.Globalization;
using System.Text;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>The statements in SQLite's SQL.</summary>
internal static class SqliteSql
{
    /// <summary>
    /// SQLite keeps this many digits when it turns a text of a NUMERIC column into a number.
    /// </summary>
    private const int ExactDigits = 15;

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// Joins the keys, one row each with its number, to the table: column 0 is the key's number. CROSS JOIN
    /// keeps the keys outside, so that each is one search of the index (or of one that SQLite makes for the
    /// statement).
    /// </summary>
    public static string Lookup(string name, TableSpec table, LookupSpec lookup, int keyCount)
    {
        var sql = new StringBuilder("WITH k(n");
        for (int c = 0; c < lookup.KeyColumns.Length; c++)
            sql.Append(CultureInfo.InvariantCulture, $", k{c}");
        sql.Append(") AS (VALUES ");
        string parameters = string.Concat(Enumerable.Repeat(", ?", lookup.KeyColumns.Length));
        for (int key = 0; key < keyCount; key++)
            sql.Append(CultureInfo.InvariantCulture, $"{(key == 0 ? "" : ", ")}({key}{parameters})");
        sql.Append(") SELECT k.n");
        foreach (int c in lookup.OutputColumns)
            sql.Append(CultureInfo.InvariantCulture, $", t.{Quote(table.Physical[c].Name)}");
        sql.Append(CultureInfo.InvariantCulture, $" FROM k CROSS JOIN {Quote(name)} t ON ");
        sql.AppendJoin(
            " AND ", lookup.KeyColumns.Select((c, i) => $"t.{Quote(table.Physical[c].Name)} = k.k{i}"));
        return sql.ToString();
    }

    public static string Scan(string name, TableSpec table, IReadOnlyList<int> columns, bool hasRowId)
    {
        string listed = columns.Count == 0
            ? "1" : string.Join(", ", columns.Select(c => Quote(table.Physical[c].Name)));
        return $"SELECT {listed} FROM {Quote(name)}{(hasRowId ? " ORDER BY rowid" : "")} LIMIT -1 OFFSET ?";
    }

    public static string Upsert(string name, TableSpec table)
    {
        string columns = string.Join(", ", table.Physical.Fields.Select(f => Quote(f.Name)));
        string values = string.Join(", ", table.Physical.Fields.Select(_ => "?"));
        string insert = $"INSERT INTO {Quote(name)} ({columns}) VALUES ({values})";
        if (table.PrimaryKey.IsEmpty) return insert;
        string key = string.Join(", ", table.PrimaryKey.Select(c => Quote(table.Physical[c].Name)));
        string[] set =
        [
            .. Enumerable.Range(0, table.Physical.Count)
                .Where(c => !table.PrimaryKey.Contains(c))
                .Select(c => Quote(table.Physical[c].Name))
                .Select(column => $"{column} = excluded.{column}"),
        ];
        return $"{insert} ON CONFLICT ({key}) DO "
            + $"{(set.Length == 0 ? "NOTHING" : $"UPDATE SET {string.Join(", ", set)}")}";
    }

    public static string Delete(string name, TableSpec table) =>
        $"DELETE FROM {Quote(name)} WHERE "
        + $"{string.Join(" AND ", table.PrimaryKey.Select(c => $"{Quote(table.Physical[c].Name)} = ?"))}";

    /// <summary>
    /// The result table of the DDL. A key of one integer is the row id itself, other keys are the table's
    /// only tree: either way a row is written once.
    /// </summary>
    public static string CreateTable(string name, TableSpec table)
    {
        bool isRowId = table.PrimaryKey is [var key] && table.Physical[key].Type.IsInteger;
        List<string> parts = [];
        for (int c = 0; c < table.Physical.Count; c++)
        {
            (string column, LogicalType type) = table.Physical[c];
            bool isKey = table.PrimaryKey.Contains(c);
            string suffix = isRowId && isKey ? " PRIMARY KEY" : type.Nullable && !isKey ? "" : " NOT NULL";
            parts.Add($"    {Quote(column)} {(isRowId && isKey ? "INTEGER" : TypeName(type))}{suffix}");
        }
        bool hasKeyClause = !table.PrimaryKey.IsEmpty && !isRowId;
        if (hasKeyClause)
            parts.Add("    PRIMARY KEY "
                + $"({string.Join(", ", table.PrimaryKey.Select(c => Quote(table.Physical[c].Name)))})");
        return $"CREATE TABLE IF NOT EXISTS {Quote(name)} "
            + $"(\n{string.Join(",\n", parts)}\n){(hasKeyClause ? " WITHOUT ROWID" : "")}";
    }

    private static string TypeName(LogicalType type) => type.Kind switch
    {
        TypeKind.Char or TypeKind.VarChar => type.Precision == LogicalType.MaxLength
            ? "TEXT"
            : string.Create(CultureInfo.InvariantCulture, $"VARCHAR({type.Precision})"),
        TypeKind.Binary or TypeKind.VarBinary => "BLOB",
        TypeKind.Decimal => type.Precision <= ExactDigits
            ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision}, {type.Scale})")
            : "TEXT",
        TypeKind.Timestamp or TypeKind.TimestampLtz => "TIMESTAMP",
        TypeKind.Time => "TIME",
        _ => type.Kind.ToString().ToUpperInvariant(),
    };
}
