using System.Collections.Immutable;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Planning;

/// <summary>A table scan to the plan of its source.</summary>
internal static class ScanPlanner
{
    public static SourcePlan Plan(ScanRel scan, SessionOptions options)
    {
        CatalogTable table = scan.Table;
        int physical = table.Spec.Physical.Count;
        int readable = physical + table.Spec.Metadata.Length;
        var read = new List<int>(scan.Columns.Where(c => c < readable));
        if (table.Watermark?.Computed is { } computed)
            read.AddRange(ExprTree.Columns(computed).Where(c => !read.Contains(c)).Distinct().ToArray());
        ImmutableArray<ScanColumn> columns =
        [
            .. read.Select(c => c < physical
                ? (ScanColumn)new PhysicalScanColumn(c, table.Base[c].Name, Plain(table.Base[c].Type))
                : new MetadataScanColumn(c - physical, table.Base[c].Name, Plain(table.Base[c].Type))),
            .. scan.JsonColumns,
        ];
        ImmutableArray<Expr> outputs =
        [
            .. scan.Columns.Select(c => c < readable
                ? new InputRef(read.IndexOf(c), Plain(table.Base[c].Type))
                : ExprTree.Remap(table.Watermark!.Computed!, read.IndexOf)),
            .. scan.JsonColumns.Select((j, i) => (Expr)new InputRef(read.Count + i, j.Type)),
        ];
        var spec = new ScanSpec(columns, [.. scan.Prefilter.Select(p => InScan(p, outputs))])
        {
            Computed = scan.Computed is { } computedRows
                ? [.. computedRows.Select(c => InScan(c, outputs))]
                : null,
        };
        return new SourcePlan(table.Spec, spec, outputs, Watermark(scan, options));
    }

    /// <summary>An equality over the output becomes one over the scan's columns.</summary>
    private static ScanEquality InScan(ScanEquality equality, ImmutableArray<Expr> outputs) =>
        new(((InputRef)outputs[equality.Column]).Index, equality.Text);

    private static WatermarkPlan? Watermark(ScanRel scan, SessionOptions options) =>
        scan.Table.Watermark is not { } watermark
            ? null
            : new WatermarkPlan(
                scan.Columns.IndexOf(watermark.Rowtime),
                ExprTree.Remap(watermark.Expression, scan.Columns.IndexOf),
                options.IdleTimeoutMs,
                options.WatermarkIntervalMs);

    private static LogicalType Plain(LogicalType type) => type.WithoutTimeAttribute();
}
