using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Sql.Catalog;

/// <summary>
/// A table of CREATE TABLE with everything resolved. A scan of it gives the base columns: the physical ones,
/// the metadata ones and, where the row time is computed, the row time; the other columns are expressions
/// over these.
/// </summary>
/// <param name="Spec">The table as its connector sees it.</param>
/// <param name="Base">
/// Physical columns, metadata columns, then a computed row time; the row time bears its attribute.
/// </param>
/// <param name="Columns">What SELECT * gives, in DDL order: expressions over <paramref name="Base"/>.</param>
/// <param name="Watermark">Null where the table has none.</param>
internal sealed record CatalogTable(
    TableSpec Spec,
    TableAbilities Abilities,
    IConnector Connector,
    Schema Base,
    ImmutableArray<CatalogColumn> Columns,
    CatalogWatermark? Watermark)
{
    public string Name => Spec.Name;

    /// <summary>Whether the columns are the base columns as they are.</summary>
    public bool IsPlain =>
        Columns.Length == Base.Count
        && Columns.Select((c, i) => c.Value is InputRef r && r.Index == i).All(x => x);

    /// <summary>The names of the physical columns that are written to, in DDL order.</summary>
    public IEnumerable<string> SinkColumns => Spec.Physical.Fields.Select(f => f.Name);
}

/// <param name="Value">Over the base columns.</param>
internal sealed record CatalogColumn(string Name, Expr Value);

/// <param name="Rowtime">Index of the row time in the base columns.</param>
/// <param name="Computed">
/// How a computed row time comes from the physical and metadata columns; null for one that is read.
/// </param>
/// <param name="Expression">The watermark, over the base columns.</param>
internal sealed record CatalogWatermark(int Rowtime, Expr? Computed, Expr Expression);
