using System.Globalization;
using System.Text;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Calc;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Graph;

namespace Millrace.Sql.Planning;

/// <summary>
/// The physical plan as a tree for people, each sink first and its inputs below: what the operator does, its
/// uid, vertex and parallelism, the changes and the columns that it gives, and the exchange to the operator
/// above.
/// </summary>
internal static class Explainer
{
    public static string Explain(JobPlan plan)
    {
        var text = new StringBuilder();
        HashSet<PhysicalNode> seen = new(ReferenceEqualityComparer.Instance);
        foreach (PhysicalNode sink in plan.Nodes) Write(text, plan.Builder, sink, null, 0, seen);
        return text.ToString();
    }

    private static void Write(
        StringBuilder text, GraphBuilder graph, PhysicalNode node, PhysicalEdge? edge, int depth,
        HashSet<PhysicalNode> seen)
    {
        string indent = new(' ', 2 * depth);
        string exchange = edge is null || edge.Kind == ExchangeKind.Forward ? "" : $"[{Exchange(edge)}] ";
        bool isFirst = seen.Add(node);
        text.Append(CultureInfo.InvariantCulture, $"{indent}{exchange}{node.Name} uid={graph.UidOf(node)}");
        if (!isFirst)
        {
            text.Append(" (shared, see above)\n");
            return;
        }
        text.Append(
            CultureInfo.InvariantCulture, $" vertex={graph.VertexOf(node)} parallelism={node.Parallelism}");
        if (node.Changes.Length > 0) text.Append(CultureInfo.InvariantCulture, $" changes=[{node.Changes}]");
        text.Append('\n');
        foreach (string line in Details(node))
            text.Append(CultureInfo.InvariantCulture, $"{indent}    {line}\n");
        if (node.Output.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"{indent}    columns: {node.Output}\n");
        foreach (PhysicalEdge input in node.Inputs) Write(text, graph, input.From, input, depth + 1, seen);
    }

    private static string Exchange(PhysicalEdge edge) => edge.Kind switch
    {
        ExchangeKind.Hash => $"hash({string.Join(", ", edge.Keys.Select(k => edge.From.Output[k].Name))})",
        _ => edge.Kind.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> Details(PhysicalNode node) => node.Plan switch
    {
        SourcePlan source => Source(source),
        CalcPlan calc => [$"compute: {string.Join(", ", calc.Outputs)}"],
        GroupAggregatePlan group => [$"aggregates: {string.Join(", ", group.Aggregates.Select(Aggregate))}"],
        LookupJoinPlan lookup => Lookup(lookup),
        MatchPlan match =>
            [$"variables: {string.Join(", ", match.Variables.Select(v => v.Name))}",
                $"within: {match.WithinMs} ms"],
        _ => [],
    };

    private static IEnumerable<string> Source(SourcePlan source)
    {
        yield return $"reads: {string.Join(", ", source.Scan.Columns.Select(Column))}";
        if (!source.Scan.Prefilter.IsEmpty)
            yield return "skips rows unless: " + string.Join(
                " AND ", source.Scan.Prefilter.Select(
                    p => $"{source.Scan.Columns[p.Column].Name} = '{p.Text}'"));
        if (source.Watermark is { } watermark)
            yield return $"watermark: {watermark.Expression} on ${watermark.Rowtime}";
    }

    private static string Column(ScanColumn column) => column switch
    {
        JsonScanColumn json => $"{json.Name} {json.Type} (decoded)",
        MetadataScanColumn metadata => $"{metadata.Name} (metadata)",
        _ => column.Name,
    };

    private static string Aggregate(AggregateCall call)
    {
        string arguments =
            call.Arguments.IsEmpty ? "*" : string.Join(", ", call.Arguments.Select(a => $"${a}"));
        string filter = call.Filter < 0 ? "" : $" FILTER ${call.Filter}";
        return $"{call.Function}({(call.IsDistinct ? "DISTINCT " : "")}{arguments}){filter}";
    }

    private static IEnumerable<string> Lookup(LookupJoinPlan lookup)
    {
        yield return "key: " + string.Join(", ", lookup.Lookup.KeyColumns
            .Zip(lookup.Keys, (c, k) => $"{lookup.Table.Physical[c].Name} = {k}"));
        if (lookup.Condition is not null) yield return $"condition: {lookup.Condition}";
        yield return lookup.Cache is null ? "cache: none" : $"cache: {lookup.Cache.MaxRows} rows";
    }
}
