using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// <c>left JOIN table FOR SYSTEM_TIME AS OF PROCTIME() ON …</c>, the time also a processing-time column of
/// the left side. Equalities of a column of the table with something from the left side, or with a constant,
/// are the lookup key; the rest of ON is checked on the rows found.
/// </summary>
internal sealed class LookupBinder(
    FromBinder from, BoundTable left, Ast.JoinTable join, Ast.NamedTable lookup)
{
    private int LeftCount => left.Rel.Schema.Count;

    private bool IsOuter => join.Kind == Ast.JoinKind.Left;

    public BoundTable Bind()
    {
        CatalogTable table = FindTable();
        CheckTime();
        if (join.Kind is not (Ast.JoinKind.Inner or Ast.JoinKind.Left))
            throw Unsupported(
                $"A lookup join is INNER or LEFT, not {join.Kind.ToString().ToUpperInvariant()}.", join);
        if (join.On is null)
            throw Unsupported("A lookup join needs ON; USING and NATURAL are not supported yet.", join);
        if (table.Columns.Any(c => c.Value is not InputRef r || r.Index >= table.Spec.Physical.Count))
            throw Unsupported(
                "A lookup table with computed or metadata columns is not supported yet.", lookup);
        Schema right = Right(table);
        Scope scope = left.Scope.Join(RightScope(right), LeftCount);
        Expr condition = new ExpressionBinder(scope).BindCondition(join.On, "ON");
        return new BoundTable(Join(table, right, condition), scope);
    }

    private CatalogTable FindTable()
    {
        CatalogTable? table = from.CatalogTable(lookup.Name);
        if (table is null)
        {
            _ = from.Named(lookup.Name, lookup.Span);
            throw Unsupported(
                $"FOR SYSTEM_TIME AS OF needs a table, and '{lookup.Name}' is a view or a query.", lookup);
        }
        return table.Abilities.CanLookup
            ? table
            : throw Unsupported(
                $"'{lookup.Name}' cannot be looked up: its connector '{table.Connector.Name}' answers no "
                + "keys, and joins with a versioned stream are not supported yet.",
                lookup);
    }

    private void CheckTime()
    {
        Expr time = new ExpressionBinder(left.Scope).Bind(lookup.AsOf!);
        if (time.Type.TimeAttribute == TimeAttribute.Proctime) return;
        throw time.Type.TimeAttribute == TimeAttribute.Rowtime
            ? Unsupported(
                "A temporal join at the row time is not supported yet; write FOR SYSTEM_TIME AS OF "
                + "PROCTIME() for a lookup join.",
                lookup.AsOf!)
            : Invalid(
                "FOR SYSTEM_TIME AS OF takes PROCTIME() or a processing-time column (proc AS PROCTIME()) of "
                + "the left side.",
                lookup.AsOf!);
    }

    private Schema Right(CatalogTable table) => new(
    [
        .. table.Spec.Physical.Fields.Select(f => IsOuter ? f with { Type = f.Type.AsNullable() } : f),
    ]);

    private Scope RightScope(Schema right)
    {
        if (lookup.Alias is not { } alias) return Scope.Of(lookup.Name.Simple, right);
        if (alias.Columns.Count == 0) return Scope.Of(alias.Name.Value, right);
        if (alias.Columns.Count != right.Count)
            throw Invalid($"The list has {alias.Columns.Count} column names, but there are {right.Count} "
                + "columns.", alias);
        return Scope.Of(
            alias.Name.Value,
            new Schema([.. right.Fields.Zip(alias.Columns, (f, n) => f with { Name = n.Value })]));
    }

    private LookupRel Join(CatalogTable table, Schema right, Expr condition)
    {
        List<int> columns = [];
        List<Expr> keys = [];
        List<Expr> rest = [];
        foreach (Expr conjunct in Functions.Conjuncts(condition))
        {
            if (AsKey(conjunct) is { } key && !columns.Contains(key.Column))
            {
                columns.Add(key.Column);
                keys.Add(KeyValue(key.Value, table.Spec.Physical[key.Column].Type));
            }
            else
            {
                rest.Add(conjunct);
            }
        }
        if (columns.Count == 0)
            throw Invalid(
                $"A lookup join needs an equality of a column of '{lookup.Name}', as it is, with a value of "
                + "the left side of the same type; where the types differ, CAST the left side.",
                join.On!);
        return new LookupRel(
            left.Rel,
            table,
            [.. columns],
            [.. keys],
            [.. Enumerable.Range(0, right.Count)],
            IsOuter,
            Functions.AllOf(rest),
            LookupHints.Find(from.Hints, lookup),
            new Schema([.. left.Rel.Schema.Fields, .. right.Fields]),
            join.Span);
    }

    /// <summary>
    /// The table's column and the value that it must equal, if the condition says such a thing.
    /// </summary>
    private (int Column, Expr Value)? AsKey(Expr conjunct)
    {
        if (conjunct is not Call { Function: "=", Arguments: [var a, var b] }) return null;
        if (IsRight(a) && !UsesRight(b)) return (((InputRef)a).Index - LeftCount, b);
        if (IsRight(b) && !UsesRight(a)) return (((InputRef)b).Index - LeftCount, a);
        return null;
    }

    /// <summary>The value in the column's type; strings of all lengths are alike.</summary>
    private Expr KeyValue(Expr value, LogicalType column) => value.Type.IsCharacter && column.IsCharacter
        ? value
        : Functions.Coerce(value, column, join.On!.Span);

    private bool IsRight(Expr e) => e is InputRef r && r.Index >= LeftCount;

    private bool UsesRight(Expr e) => ExprTree.Columns(e).Any(c => c >= LeftCount);

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
