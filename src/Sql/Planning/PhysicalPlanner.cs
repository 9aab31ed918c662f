using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Calc;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Planning;

/// <summary>Bound trees to operators: parallelism, exchanges, change kinds.</summary>
/// <param name="parallelism">Of operators that nothing else says more about.</param>
internal sealed class PhysicalPlanner(SessionOptions options, Changelog changelog, int parallelism)
{
    // UNION ALL is no operator: its branches all feed the consumer, so a relation may have several producers.
    private readonly Dictionary<Rel, ImmutableArray<PhysicalNode>> _done =
        new(ReferenceEqualityComparer.Instance);

    public PhysicalNode PlanSink(SinkRel sink)
    {
        ImmutableArray<PhysicalNode> producers = Plan(sink.Input);
        int wanted = Parallelism(sink.Table, "sink.parallelism") ?? producers.Max(p => p.Parallelism);
        ImmutableArray<int> primary = sink.Table.Spec.PrimaryKey;
        ExchangeKind kind = changelog.IsUpdating(sink.Input) && producers.Any(p => p.Parallelism != wanted)
            ? ExchangeKind.Hash
            : ExchangeKind.Forward;
        ImmutableArray<int> keys = primary.IsEmpty ? All(sink.Input.Schema) : primary;
        return new PhysicalNode(
            $"sink-{sink.Table.Name}",
            $"Sink({sink.Table.Name})",
            new SinkPlan(
                sink.Table.Spec, options.NotNullEnforcer, sink.Table.Abilities.CommitsAtCheckpoints),
            Schema.Empty,
            wanted,
            "",
            Edges(producers, kind, keys, wanted, sink.Input));
    }

    private ImmutableArray<PhysicalNode> Plan(Rel rel)
    {
        if (_done.TryGetValue(rel, out ImmutableArray<PhysicalNode> done)) return done;
        return _done[rel] = rel switch
        {
            UnionRel union => [.. union.Branches.SelectMany(b => Plan(b))],
            ScanRel scan => [PlanScan(scan)],
            ValuesRel values => [PlanValues(values)],
            CalcRel calc => [PlanCalc(calc)],
            AggregateRel aggregate => [PlanAggregate(aggregate)],
            LookupRel lookup => [PlanLookup(lookup)],
            MatchRel match => [PlanMatch(match)],
            _ => throw new InvalidOperationException($"{rel.GetType().Name} has no physical form."),
        };
    }

    private PhysicalNode PlanScan(ScanRel scan) => new(
        $"source-{scan.Table.Name}",
        $"Source({scan.Table.Name})",
        ScanPlanner.Plan(scan, options),
        scan.Schema,
        Parallelism(scan.Table, "scan.parallelism") ?? parallelism,
        ChangesOf(scan),
        []);

    private static PhysicalNode PlanValues(ValuesRel values) =>
        new("values", $"Values({values.Rows.Length} rows)", new ValuesPlan(values.Rows), values.Schema, 1,
            "I", []);

    private PhysicalNode PlanCalc(CalcRel calc)
    {
        ImmutableArray<PhysicalNode> producers = Plan(calc.Input);
        int wanted = producers.Max(p => p.Parallelism);
        string name = calc.Condition is null ? "Calc" : $"Calc(where {calc.Condition})";
        return new PhysicalNode(
            "calc",
            name,
            new CalcPlan(calc.Condition, calc.Outputs),
            calc.Schema,
            wanted,
            ChangesOf(calc),
            Edges(producers, ExchangeKind.Forward, [], wanted, calc.Input));
    }

    private PhysicalNode PlanAggregate(AggregateRel aggregate)
    {
        ImmutableArray<PhysicalNode> producers = Plan(aggregate.Input);
        int wanted = aggregate.Keys.IsEmpty ? 1 : parallelism;
        ExchangeKind kind = aggregate.Keys.IsEmpty ? ExchangeKind.Global : ExchangeKind.Hash;
        var plan = new GroupAggregatePlan(
            aggregate.Keys,
            aggregate.Calls,
            aggregate.Input.Schema,
            changelog.IsUpdating(aggregate.Input),
            changelog.NeedsUpdateBefore(aggregate),
            options.StateTtlMs,
            options.MiniBatch(aggregate.Span));
        string keys = string.Join(", ", aggregate.Keys.Select(k => aggregate.Input.Schema[k].Name));
        return new PhysicalNode(
            "group-aggregate",
            $"GroupAggregate({(keys.Length == 0 ? "all rows" : $"by {keys}")})",
            plan,
            aggregate.Schema,
            wanted,
            ChangesOf(aggregate),
            Edges(producers, kind, aggregate.Keys, wanted, aggregate.Input));
    }

    private PhysicalNode PlanLookup(LookupRel lookup)
    {
        ImmutableArray<PhysicalNode> producers = Plan(lookup.Input);
        int wanted = producers.Max(p => p.Parallelism);
        return new PhysicalNode(
            $"lookup-{lookup.Table.Name}",
            $"Lookup{(lookup.IsLeftOuter ? "Left" : "")}Join({lookup.Table.Name})",
            new LookupJoinPlan(
                lookup.Table.Spec,
                new Shared.Connect.LookupSpec(lookup.KeyColumns, lookup.OutputColumns),
                lookup.Keys,
                lookup.IsLeftOuter,
                lookup.Condition,
                lookup.Table.Connector.LookupCache(lookup.Table.Spec),
                lookup.Hint?.Retry,
                lookup.Hint?.Capacity ?? options.LookupCapacity,
                lookup.Hint?.TimeoutMs ?? options.LookupTimeoutMs),
            lookup.Schema,
            wanted,
            ChangesOf(lookup),
            Edges(producers, ExchangeKind.Forward, [], wanted, lookup.Input));
    }

    private PhysicalNode PlanMatch(MatchRel match)
    {
        if (changelog.IsUpdating(match.Input))
            throw new SqlException(
                SqlErrorKind.Invalid,
                "MATCH_RECOGNIZE doesn't support consuming update and delete changes: its input must only "
                + "insert rows.",
                match.Span);
        ImmutableArray<PhysicalNode> producers = Plan(match.Input);
        bool isGlobal = match.Plan.PartitionBy.IsEmpty;
        int wanted = isGlobal ? 1 : parallelism;
        string keys = string.Join(", ", match.Plan.PartitionBy.Select(k => match.Input.Schema[k].Name));
        return new PhysicalNode(
            "match",
            $"Match({(isGlobal ? "all rows" : $"by {keys}")})",
            match.Plan with { Input = match.Input.Schema },
            match.Schema,
            wanted,
            "I",
            Edges(producers, isGlobal ? ExchangeKind.Global : ExchangeKind.Hash, match.Plan.PartitionBy,
                wanted, match.Input));
    }

    /// <summary>
    /// One edge a producer. A forward between unequal parallelisms spreads rows, changes by their whole row.
    /// </summary>
    private ImmutableArray<PhysicalEdge> Edges(
        ImmutableArray<PhysicalNode> producers, ExchangeKind kind, ImmutableArray<int> keys, int wanted,
        Rel input)
    {
        var edges = ImmutableArray.CreateBuilder<PhysicalEdge>(producers.Length);
        HashSet<PhysicalNode> seen = new(ReferenceEqualityComparer.Instance);
        foreach (PhysicalNode producer in producers)
        {
            PhysicalNode from = seen.Add(producer) ? producer : Copy(producer);
            if (kind != ExchangeKind.Forward || from.Parallelism == wanted)
                edges.Add(new PhysicalEdge(from, kind, keys));
            else if (changelog.IsUpdating(input))
                edges.Add(new PhysicalEdge(from, ExchangeKind.Hash, All(input.Schema)));
            else edges.Add(new PhysicalEdge(from, ExchangeKind.Rebalance, []));
        }
        return edges.MoveToImmutable();
    }

    /// <summary>A node that passes all rows on, so that one producer can feed one consumer twice.</summary>
    private static PhysicalNode Copy(PhysicalNode node) => new(
        "calc",
        "Calc",
        new CalcPlan(null, [.. QueryBinder.References(node.Output)]),
        node.Output,
        node.Parallelism,
        node.Changes,
        [new PhysicalEdge(node, ExchangeKind.Forward, [])]);

    private static ImmutableArray<int> All(Schema schema) => [.. Enumerable.Range(0, schema.Count)];

    private string ChangesOf(Rel rel) => !changelog.IsUpdating(rel)
        ? "I"
        : rel is AggregateRel { Calls.IsEmpty: true }
            ? "I,D"
            : rel is ScanRel || changelog.NeedsUpdateBefore(rel) ? "I,UB,UA,D" : "I,UA,D";

    private static int? Parallelism(CatalogTable table, string option) =>
        int.TryParse(table.Spec.Option(option), out int wanted) && wanted > 0 ? wanted : null;
}
