using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// The tables that an expression can name, in the order of FROM, over the columns of one input.
/// </summary>
internal sealed class Scope(ImmutableArray<ScopeTable> tables)
{
    public static readonly Scope Empty = new([]);

    public ImmutableArray<ScopeTable> Tables { get; } = tables;

    public IEnumerable<ScopeColumn> Columns => Tables.SelectMany(t => t.Columns);

    /// <summary>All columns of a relation under one name, or under none.</summary>
    public static Scope Of(string? name, Schema schema) =>
        new([new ScopeTable(name, [.. schema.Fields.Select((f, i) => new ScopeColumn(f.Name, i, f.Type))])]);

    /// <summary>This scope, then the other one with its columns behind.</summary>
    public Scope Join(Scope other, int offset) =>
        new([.. Tables, .. other.Tables.Select(t => t.Shift(offset))]);

    public ScopeTable? Table(string name) => Tables.FirstOrDefault(t => t.Name == name);

    /// <summary>The column that a name means; further parts are fields of a ROW.</summary>
    public Expr Resolve(ColumnRef name, Func<Expr, Identifier, Expr> field)
    {
        if (name.Parts.Count > 1 && Table(name.Parts[0].Value) is { } table)
        {
            Expr column = Find([table], name.Parts[1], name) ?? throw Missing(name.Parts[1], table);
            return name.Parts.Skip(2).Aggregate(column, field);
        }
        if (name.Parts.Count > 2 && name.Parts[0].Value is "default_catalog" or "default_database")
            return Resolve(new ColumnRef([.. name.Parts.Skip(1)]) { Span = name.Span }, field);
        Expr? found = Find(Tables, name.Parts[0], name);
        if (found is null) throw name.Parts.Count == 1 ? Missing(name.Parts[0], null) : MissingTable(name);
        return name.Parts.Skip(1).Aggregate(found, field);
    }

    private static InputRef? Find(ImmutableArray<ScopeTable> tables, Identifier name, ColumnRef written)
    {
        ScopeColumn[] found = [.. tables.SelectMany(t => t.Columns).Where(c => c.Name == name.Value)];
        if (found.Length > 1)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"Column '{name.Value}' is ambiguous: write the table's name before it.",
                written.Span);
        return found.Length == 0 ? null : new InputRef(found[0].Index, found[0].Type);
    }

    private SqlException Missing(Identifier name, ScopeTable? table)
    {
        IEnumerable<ScopeColumn> known = table?.Columns ?? Columns;
        string where = table is null ? "in any table" : $"in table '{table.Name}'";
        string columns = string.Join(", ", known.Select(c => c.Name).Distinct());
        string hint = columns.Length == 0
            ? $"there are no columns here yet: declare it, for example as {name.Value} BIGINT"
            : $"there are: {columns}";
        return new SqlException(
            SqlErrorKind.Invalid, $"Column '{name.Value}' not found {where}; {hint}.", name.Span);
    }

    private SqlException MissingTable(ColumnRef name) => new(
        SqlErrorKind.Invalid,
        $"There is no table and no column '{name.Parts[0].Value}' here; the tables are: "
        + string.Join(", ", Tables.Where(t => t.Name is not null).Select(t => t.Name)) + ".",
        name.Span);
}

/// <param name="Name">Its alias; null for a derived table without one.</param>
internal sealed record ScopeTable(string? Name, ImmutableArray<ScopeColumn> Columns)
{
    public ScopeTable Shift(int offset) =>
        this with { Columns = [.. Columns.Select(c => c with { Index = c.Index + offset })] };
}

/// <param name="Index">Into the input's columns.</param>
internal sealed record ScopeColumn(string Name, int Index, LogicalType Type);
