using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>
/// INSERT INTO: the query's columns go to the sink's by position, with Flink's implicit casts.
/// </summary>
internal static class InsertBinder
{
    public static SinkRel Bind(Ast.InsertStatement insert, TableCatalog catalog)
    {
        if (insert.Overwrite)
            throw Unsupported("INSERT OVERWRITE is not supported on streams; write INSERT INTO.", insert);
        if (insert.StaticPartition.Count > 0)
            throw Unsupported("PARTITION (…) is not supported yet.", insert.StaticPartition[0]);
        if (insert.Hints.Count > 0)
            throw Unsupported($"The hint {insert.Hints[0].Name} is not supported here yet.", insert.Hints[0]);
        if (catalog.View(insert.Target) is not null)
            throw Invalid($"'{insert.Target}' is a view; INSERT INTO takes a table.", insert.Target);
        CatalogTable table = catalog.Table(insert.Target) ?? throw catalog.Missing(insert.Target);
        if (!table.Abilities.CanSink)
            throw Invalid($"The table '{table.Name}' cannot be written to: its connector "
                + $"'{table.Connector.Name}' is no sink.", insert.Target);
        Rel query = new QueryBinder(catalog, allowsNulls: true).Bind(insert.Query);
        return new SinkRel(ToSink(query, table, insert), table, insert.Span);
    }

    /// <summary>A sink for the query's own columns, under their names and types.</summary>
    public static Rel ToSink(Rel query, CatalogTable table, Ast.InsertStatement insert)
    {
        Schema sink = table.Spec.Physical;
        int[] targets = Targets(insert, table);
        if (query.Schema.Count != targets.Length)
            throw Invalid(
                $"The query gives {query.Schema.Count} columns, but "
                + $"{(insert.Columns.Count > 0 ? "the column list" : $"the table '{table.Name}'")} "
                + $"has {targets.Length}. Query: {Describe(query.Schema)}. Table: {Describe(sink)}.",
                insert.Query);
        var values = new Expr[sink.Count];
        for (int i = 0; i < sink.Count; i++)
        {
            int position = Array.IndexOf(targets, i);
            values[i] = position < 0
                ? Missing(sink[i], table, insert)
                : Convert(query.Schema[position], position, sink[i], table, insert);
        }
        bool isSame = values.Select((e, i) => e is InputRef r && r.Index == i).All(x => x)
            && query.Schema.Count == sink.Count;
        return isSame ? query : new ProjectRel(query, [.. values], sink, insert.Span);
    }

    private static int[] Targets(Ast.InsertStatement insert, CatalogTable table)
    {
        Schema sink = table.Spec.Physical;
        if (insert.Columns.Count == 0) return [.. Enumerable.Range(0, sink.Count)];
        int[] targets = [.. insert.Columns.Select(Index)];
        return targets.Distinct().Count() == targets.Length
            ? targets
            : throw Invalid("The column list of INSERT names a column twice.", insert.Columns[0]);

        int Index(Ast.Identifier name)
        {
            int index = sink.IndexOf(name.Value);
            return index >= 0
                ? index
                : throw Invalid($"The table '{table.Name}' has no column '{name.Value}' to write to.", name);
        }
    }

    private static Literal Missing(Field column, CatalogTable table, Ast.InsertStatement insert) =>
        column.Type.Nullable
        ? new Literal(null, column.Type)
        : throw Invalid(
            $"The column '{column.Name}' of '{table.Name}' is NOT NULL, but the column list leaves it out.",
            insert.Target);

    private static Expr Convert(
        Field query, int position, Field sink, CatalogTable table, Ast.InsertStatement insert)
    {
        Expr value = new InputRef(position, query.Type);
        LogicalType from = query.Type.AsNullable().WithoutTimeAttribute();
        LogicalType to = sink.Type.AsNullable();
        if (from == to || (from.IsCharacter && to.IsCharacter) || (from.IsBinary && to.IsBinary))
            return value;
        if (!ImplicitCasts.Allow(from, to))
            throw Invalid(
                $"Incompatible types for sink column '{sink.Name}' of '{table.Name}' at position "
                + $"{position + 1}: the query gives {from}, the column is {to}; write CAST(… AS {to}).",
                insert.Query);
        return Functions.Coerce(value, to, insert.Query.Span);
    }

    private static string Describe(Schema schema) => $"[{schema}]";

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
