using System.Collections.Immutable;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Rewrites bound trees into equal ones that cost less. A relation that several readers share (a view used
/// twice, a table read by two INSERTs) stays one relation all the way, and is a border that predicates do not
/// cross.
/// </summary>
/// <remarks>
/// In this order: conditions move down to where their columns come from, columns that nobody needs go,
/// projections and filters become calcs and calcs that follow each other one, and what calcs take out of JSON
/// text moves into the scan.
/// </remarks>
internal static class Optimizer
{
    public static ImmutableArray<SinkRel> Optimize(ImmutableArray<SinkRel> sinks)
    {
        sinks = new PredicatePushDown(sinks).Run();
        sinks = new ColumnPruner(sinks).Run();
        sinks = new CalcMerger(sinks).Run();
        return new ScanPushDown(sinks).Run();
    }
}
