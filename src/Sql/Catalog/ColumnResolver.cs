using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Catalog;

/// <summary>Computed columns and the watermark of one table, as expressions over its base columns.</summary>
internal sealed class ColumnResolver(Ast.CreateTable statement, TableSpec spec)
{
    private readonly List<Field> _base =
    [
        .. spec.Physical.Fields,
        .. spec.Metadata.Select(m => new Field(m.Name, m.Type)),
    ];

    public CatalogTable Resolve(TableAbilities abilities, IConnector connector)
    {
        Dictionary<string, Expr> computed = Computed();
        Ast.WatermarkDefinition[] watermarks = [.. statement.Elements.OfType<Ast.WatermarkDefinition>()];
        if (watermarks.Length > 1) throw Invalid("A table has one WATERMARK at most.", watermarks[1]);
        CatalogWatermark? watermark = watermarks.Length == 0 ? null : Watermark(watermarks[0], computed);
        var schema = new Schema([.. _base]);
        return new CatalogTable(spec, abilities, connector, schema, [.. Columns(computed)], watermark);
    }

    /// <summary>Computed columns see physical and metadata columns, not each other, as in Flink.</summary>
    private Dictionary<string, Expr> Computed()
    {
        var binder = new ExpressionBinder(Scope.Of(statement.Name.Simple, new Schema([.. _base])));
        return statement.Elements.OfType<Ast.ComputedColumn>()
            .ToDictionary(c => c.Name.Value, c => binder.Bind(c.Expression), StringComparer.Ordinal);
    }

    private CatalogWatermark Watermark(Ast.WatermarkDefinition definition, Dictionary<string, Expr> computed)
    {
        if (definition.Column.Parts.Count > 1)
            throw new SqlException(
                SqlErrorKind.Unsupported, "A row time inside a ROW is not supported yet.",
                definition.Column.Span);
        string name = definition.Column.Simple;
        Expr value = ValueOf(name, computed)
            ?? throw Invalid(
                $"The watermark names '{name}', which is no column of the table.", definition.Column);
        CheckRowtime(value.Type, definition);
        LogicalType rowtime = value.Type with { TimeAttribute = TimeAttribute.Rowtime };
        if (value is InputRef reference)
        {
            _base[reference.Index] = _base[reference.Index] with { Type = rowtime };
            return new CatalogWatermark(reference.Index, null, BindWatermark(definition, computed));
        }
        // The watermark reads the row time that the source computes anyway.
        _base.Add(new Field(name, rowtime));
        computed[name] = new InputRef(_base.Count - 1, rowtime);
        return new CatalogWatermark(_base.Count - 1, value, BindWatermark(definition, computed));
    }

    private static void CheckRowtime(LogicalType type, Ast.WatermarkDefinition definition)
    {
        if (type is { IsTimestamp: true, Precision: <= 3 }) return;
        throw Invalid(
            "The row time of a watermark must be a TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3, but "
            + $"'{definition.Column.Simple}' is {type.AsNullable()}.",
            definition.Column);
    }

    /// <summary>Sees all columns; those that are computed are written out over the base columns.</summary>
    private Expr BindWatermark(Ast.WatermarkDefinition definition, Dictionary<string, Expr> computed)
    {
        string[] names = [.. VisibleNames()];
        Expr[] values = [.. names.Select(n => ValueOf(n, computed)!)];
        var visible = new Schema([.. names.Zip(values, (n, v) => new Field(n, v.Type))]);
        Expr bound =
            new ExpressionBinder(Scope.Of(statement.Name.Simple, visible)).Bind(definition.Expression);
        Expr expression = ExprTree.Substitute(bound, values);
        Expr rowtime = ValueOf(definition.Column.Simple, computed)!;
        if (!expression.Type.IsTimestamp)
            throw Invalid($"A watermark must be a TIMESTAMP, not {expression.Type.AsNullable()}.",
                definition.Expression);
        if (expression.Type.Kind != rowtime.Type.Kind)
            throw Invalid(
                $"A watermark must be of its row time's type {rowtime.Type.AsNullable()}, not "
                + $"{expression.Type.AsNullable()}.",
                definition.Expression);
        return Functions.Coerce(expression, rowtime.Type.WithoutTimeAttribute(), definition.Expression.Span);
    }

    private IEnumerable<string> VisibleNames() => statement.Elements
        .Select(e => e switch
        {
            Ast.PhysicalColumn c => c.Name.Value,
            Ast.ComputedColumn c => c.Name.Value,
            Ast.MetadataColumn c => c.Name.Value,
            _ => null,
        })
        .OfType<string>();

    private IEnumerable<CatalogColumn> Columns(Dictionary<string, Expr> computed) =>
        VisibleNames().Select(name => new CatalogColumn(name, ValueOf(name, computed)!));

    private Expr? ValueOf(string name, Dictionary<string, Expr> computed)
    {
        if (computed.TryGetValue(name, out Expr? value)) return value;
        int index = _base.FindIndex(f => f.Name == name);
        return index < 0 ? null : new InputRef(index, _base[index].Type);
    }

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);
}
