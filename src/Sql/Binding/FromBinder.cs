using System.Collections.Immutable;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>A relation and how its columns are named.</summary>
internal sealed record BoundTable(Rel Rel, Scope Scope);

/// <summary>The FROM clause.</summary>
/// <param name="hints">
/// The hints of the SELECT around; LOOKUP hints among them belong to its lookup joins.
/// </param>
internal sealed class FromBinder(QueryBinder queries, Ast.SyntaxList<Ast.Hint>? hints = null)
{
    public Ast.SyntaxList<Ast.Hint> Hints { get; } = hints ?? [];

    public BoundTable Bind(Ast.TableRef table) => table switch
    {
        Ast.NamedTable named => BindNamed(named),
        Ast.DerivedTable derived => BindDerived(derived),
        Ast.JoinTable join => BindJoin(join),
        Ast.MatchRecognize match => new MatchBinder(Bind(match.Input), match).Bind(),
        Ast.TableFunction function => throw WindowRules.Refuse(function, this),
        Ast.UnnestTable unnest => throw Unsupported("UNNEST is not supported yet.", unnest),
        _ => throw Unsupported("This table expression is not supported yet.", table),
    };

    /// <summary>A table, a view or a query of WITH by its name.</summary>
    public BoundTable Named(Ast.QualifiedName name, Ast.SourceSpan span)
    {
        Rel rel = FindNamed(name, span);
        return new BoundTable(rel, Scope.Of(name.Simple, rel.Schema));
    }

    public CatalogTable? CatalogTable(Ast.QualifiedName name) =>
        name.Parts.Count == 1 && queries.CommonTable(name.Simple) is not null
        ? null
        : queries.Catalog.Table(name);

    private Rel FindNamed(Ast.QualifiedName name, Ast.SourceSpan span)
    {
        if (name.Parts.Count == 1 && queries.CommonTable(name.Simple) is { } common) return common;
        if (queries.Catalog.View(name) is { } view) return view;
        CatalogTable table = queries.Catalog.Table(name) ?? throw queries.Catalog.Missing(name);
        return Scan(table, span);
    }

    /// <summary>
    /// One scan a table, so that all that read it can share it, under each reader's own projection.
    /// </summary>
    private Rel Scan(CatalogTable table, Ast.SourceSpan span)
    {
        ScanRel scan = queries.Catalog.ScanOf(table, span);
        if (table.IsPlain) return scan;
        return new ProjectRel(
            scan,
            [.. table.Columns.Select(c => c.Value)],
            new Schema([.. table.Columns.Select(c => new Field(c.Name, c.Value.Type))]),
            span);
    }

    private BoundTable BindNamed(Ast.NamedTable named)
    {
        if (named.AsOf is not null)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"FOR SYSTEM_TIME AS OF belongs to the right side of a JOIN, not to '{named.Name}' alone.",
                named.Span);
        if (named.Hints.Count > 0)
            throw Unsupported(
                $"The hint {named.Hints[0].Name} after a table is not supported yet.", named.Hints[0]);
        BoundTable bound = Named(named.Name, named.Span);
        return named.Alias is null ? bound : Aliased(bound.Rel, named.Alias);
    }

    public static BoundTable Aliased(Rel rel, Ast.TableAlias alias)
    {
        Rel renamed = QueryBinder.Rename(rel, alias.Columns, alias);
        return new BoundTable(renamed, Scope.Of(alias.Name.Value, renamed.Schema));
    }

    private BoundTable BindDerived(Ast.DerivedTable derived)
    {
        if (derived.IsLateral) throw Unsupported("LATERAL is not supported yet.", derived);
        Rel rel = queries.BindSubquery(derived.Query);
        return derived.Alias is null
            ? new BoundTable(rel, Scope.Of(null, rel.Schema))
            : Aliased(rel, derived.Alias);
    }

    private BoundTable BindJoin(Ast.JoinTable join)
    {
        BoundTable left = Bind(join.Left);
        if (join.Right is Ast.NamedTable { AsOf: not null } lookup)
            return new LookupBinder(this, left, join, lookup).Bind();
        BoundTable right = Bind(join.Right);
        Scope both = left.Scope.Join(right.Scope, left.Rel.Schema.Count);
        if (join.On is not null) new ExpressionBinder(both).BindCondition(join.On, "ON");
        string name = join.IsComma || join.Kind == Ast.JoinKind.Cross
            ? "A cross join"
            : $"A regular {join.Kind.ToString().ToUpperInvariant()} JOIN";
        throw Unsupported(
            $"{name} of two streams (an interval join too) is not supported yet; to look rows up in a "
            + "dimension table, write JOIN table FOR SYSTEM_TIME AS OF PROCTIME() ON ….",
            join.Right);
    }

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
