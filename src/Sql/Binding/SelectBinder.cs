using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>One SELECT block.</summary>
internal sealed class SelectBinder(QueryBinder queries, Ast.Select select)
{
    public Rel Bind()
    {
        Refuse();
        BoundTable from = select.From is null
            ? OneRow(select.Span)
            : new FromBinder(queries, select.Hints).Bind(select.From);
        Rel input = from.Rel;
        if (select.Where is not null)
            input = new FilterRel(input, BindWhere(select.Where, from.Scope), select.Where.Span);
        Rel result = IsGrouped()
            ? new AggregateBinder(select, input, from.Scope).Bind(Items(from.Scope))
            : Project(input, Items(from.Scope), new ExpressionBinder(from.Scope), select.Span);
        return select.IsDistinct ? QueryBinder.Distinct(result, select.Span) : result;
    }

    /// <summary>
    /// The expressions of the items, named; a name may occur twice until somebody asks for it.
    /// </summary>
    public static Rel Project(
        Rel input, IReadOnlyList<OutputItem> items, ExpressionBinder binder, Ast.SourceSpan span)
    {
        ImmutableArray<Expr> outputs = [.. items.Select(i => i.Bound ?? binder.Bind(i.Expression!))];
        return new ProjectRel(
            input, outputs, new Schema([.. items.Zip(outputs, (i, e) => new Field(i.Name, e.Type))]), span);
    }

    private void Refuse()
    {
        if (select.Qualify is not null)
            throw new SqlException(
                SqlErrorKind.Unsupported, "QUALIFY is not supported yet.", select.Qualify.Span);
        CheckOverWindows();
        if (select.Windows.Count > 0)
            throw new SqlException(
                SqlErrorKind.Unsupported, "The WINDOW clause is not supported yet.", select.Windows[0].Span);
        Ast.Hint? hint = select.Hints.FirstOrDefault(
            h => !h.Name.Value.Equals("LOOKUP", StringComparison.OrdinalIgnoreCase));
        if (hint is not null)
            throw new SqlException(
                SqlErrorKind.Unsupported, $"The hint {hint.Name} is not supported yet; LOOKUP is.",
                hint.Span);
    }

    /// <summary>All OVER windows of one SELECT must be the same.</summary>
    private void CheckOverWindows()
    {
        Ast.WindowSpec[] windows =
        [
            .. select.Items.OfType<Ast.ExpressionItem>().SelectMany(i => SyntaxWalk.All(i.Expression))
                .OfType<Ast.FunctionCall>().Select(c => c.Over).OfType<Ast.WindowSpec>().Distinct(),
        ];
        if (windows.Length > 1)
            throw new SqlException(
                SqlErrorKind.Invalid,
                "All OVER windows of one SELECT must be the same; compute the other one in a subquery.",
                windows[1].Span);
    }

    private static Expr BindWhere(Ast.SqlExpr where, Scope scope)
    {
        if (SyntaxWalk.HasAggregate(where))
            throw new SqlException(
                SqlErrorKind.Invalid, "WHERE cannot hold an aggregate; write it in HAVING.", where.Span);
        return new ExpressionBinder(scope).BindCondition(where, "WHERE");
    }

    private bool IsGrouped() =>
        select.GroupBy is not null || select.Having is not null
        || select.Items.OfType<Ast.ExpressionItem>().Any(i => SyntaxWalk.HasAggregate(i.Expression));

    private List<OutputItem> Items(Scope scope)
    {
        List<OutputItem> items = [];
        foreach (Ast.SelectItem item in select.Items)
        {
            if (item is Ast.StarItem star) items.AddRange(Star(star, scope));
            else if (item is Ast.ExpressionItem e)
                items.Add(new OutputItem(NameOf(e, items.Count), e.Expression, null));
        }
        return items;
    }

    private static string NameOf(Ast.ExpressionItem item, int position) =>
        item.Alias?.Value ?? item.Expression switch
        {
            Ast.ColumnRef column => column.Parts[^1].Value,
            Ast.FieldAccess access => access.Field.Value,
            _ => $"EXPR${position}",
        };

    private static IEnumerable<OutputItem> Star(Ast.StarItem star, Scope scope)
    {
        if (star.Qualifier is { } row && scope.Table(row.Simple) is null
            && RowFields(row, scope) is { } fields)
            return fields;
        IEnumerable<ScopeColumn> columns = scope.Columns;
        if (star.Qualifier is { } qualifier)
            columns = scope.Table(qualifier.Simple)?.Columns ?? throw new SqlException(
                SqlErrorKind.Invalid, $"There is no table '{qualifier}' here for '{qualifier}.*'.",
                star.Span);
        else if (scope.Tables.IsEmpty)
            throw new SqlException(SqlErrorKind.Invalid, "SELECT * needs a FROM clause.", star.Span);
        return columns.Select(c => new OutputItem(
            Once(c, star, scope), new Ast.ColumnRef([new Ast.Identifier(c.Name)]) { Span = star.Span },
            new InputRef(c.Index, c.Type)));
    }

    /// <summary>The fields of a ROW column as columns: <c>t.r.*</c>; null where the name is no ROW.</summary>
    private static IEnumerable<OutputItem>? RowFields(Ast.QualifiedName name, Scope scope)
    {
        if (name.Parts.Count == 1 && scope.Columns.All(c => c.Name != name.Simple)) return null;
        if (name.Parts.Count > 1 && scope.Table(name.Parts[0].Value) is null) return null;
        Expr row = new ExpressionBinder(scope).Bind(new Ast.ColumnRef(name.Parts) { Span = name.Span });
        return row.Type.Kind != TypeKind.Row ? null : row.Type.Fields.Select(f => new OutputItem(
            f.Name,
            new Ast.ColumnRef([.. name.Parts, new Ast.Identifier(f.Name)]) { Span = name.Span },
            null));
    }

    /// <summary>The column's name, which must be the only one of its table.</summary>
    private static string Once(ScopeColumn column, Ast.StarItem star, Scope scope)
    {
        ScopeTable table = scope.Tables.First(t => t.Columns.Contains(column));
        return table.Columns.Count(c => c.Name == column.Name) == 1
            ? column.Name
            : throw new SqlException(
                SqlErrorKind.Invalid,
                $"Column '{column.Name}' is ambiguous: the subquery gives it twice; give one of them "
                + "another name.",
                star.Span);
    }

    private static BoundTable OneRow(Ast.SourceSpan span) => new(
        new ValuesRel(
            [[LiteralBinder.Int(0)]], Schema.Of(new Field("ZERO", LogicalType.Int.NotNull())), span),
        Scope.Empty);
}

/// <summary>One output column of a SELECT.</summary>
/// <param name="Bound">Of a column that a star stands for: over the input of SELECT.</param>
internal sealed record OutputItem(string Name, Ast.SqlExpr? Expression, Expr? Bound);
