using System.Globalization;
using System.Text;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>The statements in MySQL's SQL, which MariaDB understands too.</summary>
internal static class MySqlSql
{
    /// <summary>The longest text that a primary key of utf8mb4 columns can be sure to hold.</summary>
    private const int KeyTextLength = 255;

    public static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>
    /// One SELECT a key, whose first column is the key's number: the database compares with its own
    /// collation, and each row says which key it answers.
    /// </summary>
    public static string Lookup(string name, TableSpec table, LookupSpec lookup, int keyCount)
    {
        string outputs =
            string.Concat(lookup.OutputColumns.Select(c => $", {Quote(table.Physical[c].Name)}"));
        string condition =
            string.Join(" AND ", lookup.KeyColumns.Select(c => $"{Quote(table.Physical[c].Name)} = ?"));
        return string.Join(" UNION ALL ", Enumerable.Range(0, keyCount).Select(key =>
            string.Create(CultureInfo.InvariantCulture,
                $"SELECT {key}{outputs} FROM {Quote(name)} WHERE {condition}")));
    }

    public static string Scan(string name, TableSpec table, IReadOnlyList<int> columns)
    {
        string listed = columns.Count == 0
            ? "1" : string.Join(", ", columns.Select(c => Quote(table.Physical[c].Name)));
        string order = table.PrimaryKey.IsEmpty
            ? ""
            : $" ORDER BY {string.Join(", ", table.PrimaryKey.Select(c => Quote(table.Physical[c].Name)))}";
        return $"SELECT {listed} FROM {Quote(name)}{order} LIMIT 18446744073709551615 OFFSET ?";
    }

    public static string Upsert(string name, TableSpec table, int rowCount)
    {
        string columns = string.Join(", ", table.Physical.Fields.Select(f => Quote(f.Name)));
        string row = $"({string.Join(", ", table.Physical.Fields.Select(_ => "?"))})";
        var sql = new StringBuilder($"INSERT INTO {Quote(name)} ({columns}) VALUES ");
        sql.AppendJoin(", ", Enumerable.Repeat(row, rowCount));
        if (table.PrimaryKey.IsEmpty) return sql.ToString();
        string[] others =
        [
            .. Enumerable.Range(0, table.Physical.Count)
                .Where(c => !table.PrimaryKey.Contains(c))
                .Select(c => Quote(table.Physical[c].Name)),
        ];
        // A table of nothing but its key has nothing to update; setting a key column to itself says so.
        string[] set = others.Length > 0 ? others : [Quote(table.Physical[table.PrimaryKey[0]].Name)];
        return sql.Append(" ON DUPLICATE KEY UPDATE ").AppendJoin(", ", set.Select(c => $"{c} = VALUES({c})"))
            .ToString();
    }

    public static string Delete(string name, TableSpec table, int rowCount)
    {
        string key =
            $"({string.Join(" AND ", table.PrimaryKey.Select(c => $"{Quote(table.Physical[c].Name)} = ?"))})";
        return $"DELETE FROM {Quote(name)} WHERE {string.Join(" OR ", Enumerable.Repeat(key, rowCount))}";
    }

    public static string CreateTable(string name, TableSpec table)
    {
        List<string> parts = [];
        for (int c = 0; c < table.Physical.Count; c++)
        {
            (string column, LogicalType type) = table.Physical[c];
            bool isKey = table.PrimaryKey.Contains(c);
            parts.Add(
                $"    {Quote(column)} {TypeName(type, isKey)}{(type.Nullable && !isKey ? "" : " NOT NULL")}");
        }
        if (!table.PrimaryKey.IsEmpty)
            parts.Add("    PRIMARY KEY "
                + $"({string.Join(", ", table.PrimaryKey.Select(c => Quote(table.Physical[c].Name)))})");
        return $"CREATE TABLE IF NOT EXISTS {Quote(name)} (\n{string.Join(",\n", parts)}\n) DEFAULT CHARSET "
            + "= utf8mb4";
    }

    private static string TypeName(LogicalType type, bool isKey)
    {
        int length = isKey ? Math.Min(KeyTextLength, type.Precision) : type.Precision;
        return type.Kind switch
        {
            TypeKind.Char or TypeKind.VarChar => length > 16_000 ? "LONGTEXT" : Sized("VARCHAR", length),
            TypeKind.Binary or TypeKind.VarBinary =>
                length > 16_000 ? "LONGBLOB" : Sized("VARBINARY", length),
            TypeKind.Decimal =>
                string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision}, {type.Scale})"),
            TypeKind.Time => Sized("TIME", Math.Min(6, type.Precision)),
            TypeKind.Timestamp or TypeKind.TimestampLtz => Sized("DATETIME", Math.Min(6, type.Precision)),
            _ => type.Kind.ToString().ToUpperInvariant(),
        };
    }

    private static string Sized(string name, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}({size})");
}
