using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>Queries of the syntax tree to bound trees.</summary>
/// <param name="catalog">The tables and views there are.</param>
/// <param name="commonTables">The queries of the WITH clauses around, innermost last definition wins.</param>
/// <param name="allowsNulls">
/// A bare NULL may be a column, because an INSERT gives it the sink's type. Subqueries have no such type.
/// </param>
internal sealed class QueryBinder(
    TableCatalog catalog, ImmutableDictionary<string, Rel> commonTables, bool allowsNulls)
{
    public QueryBinder(TableCatalog catalog, bool allowsNulls = false)
        : this(catalog, ImmutableDictionary<string, Rel>.Empty, allowsNulls)
    {
    }

    public TableCatalog Catalog { get; } = catalog;

    /// <exception cref="SqlException">
    /// The query is invalid, or uses what Millrace does not know yet.
    /// </exception>
    public Rel Bind(Ast.QueryNode query)
    {
        Rel rel = BindNode(query);
        if (!allowsNulls && rel.Schema.Fields.Any(f => f.Type.Kind == TypeKind.Null))
            throw NullRules.Illegal(query);
        return rel;
    }

    /// <summary>A query in FROM or WITH.</summary>
    public Rel BindSubquery(Ast.QueryNode query) =>
        (allowsNulls ? new QueryBinder(Catalog, commonTables, false) : this).Bind(Unordered(query));

    /// <summary>Inside another query an ORDER BY without a LIMIT means nothing.</summary>
    private static Ast.QueryNode Unordered(Ast.QueryNode query) =>
        query is Ast.OrderedQuery { Limit: null, Offset: null } ordered ? ordered.Input : query;

    private Rel BindNode(Ast.QueryNode query) => query switch
    {
        Ast.Select select => new SelectBinder(this, select).Bind(),
        Ast.SetOperation operation => BindSetOperation(operation),
        Ast.ValuesQuery values => BindValues(values),
        Ast.TableQuery table => new FromBinder(this).Named(table.Table, table.Span).Rel,
        Ast.OrderedQuery ordered => throw OrderRules.Refuse(ordered, Bind(ordered.Input)),
        Ast.WithQuery with => BindWith(with),
        _ => throw new SqlException(SqlErrorKind.Unsupported, "This query is not supported yet.", query.Span),
    };

    public Rel? CommonTable(string name) => commonTables.GetValueOrDefault(name);

    /// <summary>The relation under new column names; none keeps them.</summary>
    public static Rel Rename(Rel rel, Ast.SyntaxList<Ast.Identifier> names, Ast.SqlNode at)
    {
        if (names.Count == 0) return rel;
        if (names.Count != rel.Schema.Count)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"The list has {names.Count} column names, but there are {rel.Schema.Count} columns.",
                at.Span);
        return Renamed(rel, names.Select(n => n.Value));
    }

    public static Rel Renamed(Rel rel, IEnumerable<string> names)
    {
        Field[] fields = [.. rel.Schema.Fields.Zip(names, (f, n) => f with { Name = n })];
        return new ProjectRel(rel, [.. References(rel.Schema)], new Schema([.. fields]), rel.Span);
    }

    /// <summary>Refuses a query of WITH or a view whose columns have the same name twice.</summary>
    public static Rel OnceNamed(Rel rel, Ast.SqlNode at)
    {
        string? twice = rel.Schema.Fields.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null ? rel : throw new SqlException(
            SqlErrorKind.Invalid,
            $"There are two columns '{twice}': give one of them another name, or write a column list.",
            at.Span);
    }

    /// <summary>The relation with names that occur twice numbered, as Flink shows them: id, id0.</summary>
    public static Rel UniquelyNamed(Rel rel)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        string[] names = [.. rel.Schema.Fields.Select(f => Unique(f.Name))];
        return names.SequenceEqual(rel.Schema.Fields.Select(f => f.Name)) ? rel : Renamed(rel, names);

        string Unique(string name)
        {
            string candidate = name;
            for (int n = 0; !used.Add(candidate); n++)
                candidate = string.Create(CultureInfo.InvariantCulture, $"{name}{n}");
            return candidate;
        }
    }

    public static IEnumerable<Expr> References(Schema schema) =>
        schema.Fields.Select((f, i) => (Expr)new InputRef(i, f.Type));

    /// <summary>Duplicate rows removed: a GROUP BY over all columns.</summary>
    public static Rel Distinct(Rel rel, Ast.SourceSpan span)
    {
        var schema = new Schema(
            [.. rel.Schema.Fields.Select(f => f with { Type = f.Type.WithoutTimeAttribute() })]);
        return new AggregateRel(rel, [.. Enumerable.Range(0, rel.Schema.Count)], [], schema, span);
    }

    private Rel BindWith(Ast.WithQuery with)
    {
        QueryBinder inner = this;
        ImmutableDictionary<string, Rel> known = commonTables;
        foreach (Ast.CommonTable table in with.Tables)
        {
            Rel rel =
                OnceNamed(Rename(inner.BindSubquery(table.Query), table.Columns, table.Name), table.Name);
            known = known.SetItem(table.Name.Value, rel);
            inner = new QueryBinder(Catalog, known, allowsNulls);
        }
        return inner.Bind(with.Body);
    }

    private Rel BindSetOperation(Ast.SetOperation operation)
    {
        Rel left = Bind(Unordered(operation.Left));
        Rel right = Bind(Unordered(operation.Right));
        string name = operation.Operator.ToString().ToUpperInvariant() + (operation.IsAll ? " ALL" : "");
        if (left.Schema.Count != right.Schema.Count)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"The sides of {name} must have the same number of columns, not {left.Schema.Count} and "
                + $"{right.Schema.Count}.",
                operation.Span);
        Rel union = Union([left, right], name, operation.Span);
        if (operation.Operator != Ast.SetOperator.Union)
            throw new SqlException(SqlErrorKind.Unsupported, $"{name} is not supported yet.", operation.Span);
        return operation.IsAll ? union : Distinct(union, operation.Span);
    }

    /// <summary>UNION ALL of branches with as many columns, in their common types.</summary>
    public static Rel Union(ImmutableArray<Rel> branches, string name, Ast.SourceSpan span)
    {
        var fields = new Field[branches[0].Schema.Count];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = new Field(branches[0].Schema[i].Name, ColumnType(branches, i, name, span));
        var schema = new Schema([.. fields]);
        ImmutableArray<Rel> converted = [.. branches.Select(b => Convert(b, schema, span))];
        return new UnionRel([.. converted.SelectMany(b => b is UnionRel u ? u.Branches : [b])], schema, span);
    }

    private static LogicalType ColumnType(
        ImmutableArray<Rel> branches, int column, string name, Ast.SourceSpan span)
    {
        LogicalType first = branches[0].Schema[column].Type;
        bool sameAttribute = branches.All(b => b.Schema[column].Type is var t
            && t.TimeAttribute == first.TimeAttribute && t.Kind == first.Kind);
        if (!sameAttribute && branches.Any(b => b.Schema[column].Type.TimeAttribute != TimeAttribute.None))
            throw new SqlException(
                SqlErrorKind.Unsupported,
                $"{name} of a time attribute needs the same types: column {column + 1} is "
                + string.Join(" and ", branches.Select(b => b.Schema[column].Type))
                + "; CAST the time attribute to a plain timestamp.",
                span);
        LogicalType common = CommonType.Of(branches.Select(b => b.Schema[column].Type))
            ?? throw new SqlException(
                SqlErrorKind.Invalid,
                $"Type mismatch in column {column + 1} of {name}: "
                + string.Join(" and ", branches.Select(b => b.Schema[column].Type.AsNullable())) + ".",
                span);
        return sameAttribute ? common with { TimeAttribute = first.TimeAttribute } : common;
    }

    /// <summary>
    /// The relation with its columns cast to the types of the schema, where they are of others.
    /// </summary>
    public static Rel Convert(Rel rel, Schema schema, Ast.SourceSpan span)
    {
        bool fits = rel.Schema.Fields.Zip(schema.Fields, (a, b) => IsSameColumn(a.Type, b.Type)).All(x => x);
        if (fits) return rel;
        ImmutableArray<Expr> outputs =
        [
            .. References(rel.Schema).Zip(schema.Fields, (e, f) => IsSameColumn(e.Type, f.Type)
                ? e
                : Functions.Coerce(e, f.Type, span)),
        ];
        return new ProjectRel(
            rel, outputs,
            new Schema([.. outputs.Zip(rel.Schema.Fields, (e, f) => new Field(f.Name, e.Type))]), span);
    }

    /// <summary>Whether values of both types lie in columns alike; nullability does not matter.</summary>
    private static bool IsSameColumn(LogicalType a, LogicalType b) =>
        a.AsNullable().WithoutTimeAttribute() == b.AsNullable().WithoutTimeAttribute();

    private ValuesRel BindValues(Ast.ValuesQuery values)
    {
        var binder = new ExpressionBinder(Scope.Empty);
        Expr[][] rows = [.. values.Rows.Select(r => r.Items.Select(binder.Bind).ToArray())];
        int width = rows[0].Length;
        if (!allowsNulls && rows.Any(r => r.Any(e => e.Type.Kind == TypeKind.Null)))
            throw NullRules.Illegal(values);
        if (Array.Exists(rows, r => r.Length != width))
            throw new SqlException(
                SqlErrorKind.Invalid, "The rows of VALUES must have as many values each.", values.Span);
        var types = new LogicalType[width];
        for (int i = 0; i < width; i++)
            types[i] = CommonType.Of(rows.Select(r => r[i].Type)) ?? throw new SqlException(
                SqlErrorKind.Invalid, $"Values in column {i + 1} of VALUES have no common type.",
                values.Span);
        return new ValuesRel(
            [.. rows.Select(
                r => r.Select((e, i) => Functions.Coerce(e, types[i], values.Span)).ToImmutableArray())],
            new Schema([.. types.Select((t, i) => new Field($"EXPR${i}", t))]),
            values.Span);
    }
}
