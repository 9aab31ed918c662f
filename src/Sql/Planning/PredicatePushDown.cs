using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves the conjuncts of filters down: through projections of plain columns, into the branches of unions,
/// below aggregates and matches where they look at keys only, and through lookup joins to the side they look
/// at. A condition that no padded row can meet makes a LEFT lookup join an inner one.
/// </summary>
internal sealed class PredicatePushDown(ImmutableArray<SinkRel> sinks)
{
    private readonly RelGraph _graph = new(sinks);
    private readonly Dictionary<Rel, Rel> _shared = new(ReferenceEqualityComparer.Instance);

    public ImmutableArray<SinkRel> Run() => [.. sinks.Select(s => s with { Input = Push(s.Input, []) })];

    private Rel Push(Rel rel, ImmutableArray<Expr> conditions)
    {
        if (!_graph.IsShared(rel)) return Into(rel, conditions);
        if (!_shared.TryGetValue(rel, out Rel? done)) _shared[rel] = done = Into(rel, []);
        return Above(done, conditions);
    }

    private Rel Into(Rel rel, ImmutableArray<Expr> conditions) => rel switch
    {
        FilterRel filter => Push(filter.Input, [.. Functions.Conjuncts(filter.Condition), .. conditions]),
        ProjectRel project => IntoProject(project, conditions),
        UnionRel union => union with { Branches = [.. union.Branches.Select(b => Push(b, conditions))] },
        AggregateRel aggregate => IntoAggregate(aggregate, conditions),
        MatchRel match => IntoMatch(match, conditions),
        LookupRel lookup => IntoLookup(lookup, conditions),
        _ => Above(rel, conditions),
    };

    private static Rel Above(Rel rel, IEnumerable<Expr> conditions) =>
        Functions.AllOf(conditions) is { } condition ? new FilterRel(rel, condition, rel.Span) : rel;

    private Rel IntoProject(ProjectRel project, ImmutableArray<Expr> conditions)
    {
        bool decodesJson = project.Input is ScanRel { Table.Abilities.DecodesJsonFields: true };
        (Expr[] movable, Expr[] stuck) = Split(conditions, c => !Costs.IsVolatile(c)
            && ExprTree.Columns(c).All(i => Costs.IsFree(project.Outputs[i], decodesJson)));
        Rel input = Push(project.Input, [.. movable.Select(c => ExprTree.Substitute(c, project.Outputs))]);
        return Above(project with { Input = input }, stuck);
    }

    private Rel IntoAggregate(AggregateRel aggregate, ImmutableArray<Expr> conditions)
    {
        (Expr[] movable, Expr[] stuck) = Split(conditions, c => !Costs.IsVolatile(c)
            && ExprTree.Columns(c).Any() && ExprTree.Columns(c).All(i => i < aggregate.Keys.Length));
        Rel input =
            Push(aggregate.Input, [.. movable.Select(c => ExprTree.Remap(c, i => aggregate.Keys[i]))]);
        return Above(aggregate with { Input = input }, stuck);
    }

    private Rel IntoMatch(MatchRel match, ImmutableArray<Expr> conditions)
    {
        ImmutableArray<int> keys = match.Plan.PartitionBy;
        (Expr[] movable, Expr[] stuck) = Split(conditions, c => !Costs.IsVolatile(c)
            && ExprTree.Columns(c).Any() && ExprTree.Columns(c).All(i => i < keys.Length));
        Rel input = Push(match.Input, [.. movable.Select(c => ExprTree.Remap(c, i => keys[i]))]);
        return Above(match with { Input = input }, stuck);
    }

    private Rel IntoLookup(LookupRel lookup, ImmutableArray<Expr> conditions)
    {
        int left = lookup.Input.Schema.Count;
        (Expr[] below, Expr[] rest) =
            Split(conditions, c => !Costs.IsVolatile(c) && ExprTree.Columns(c).All(i => i < left));
        bool isOuter = lookup.IsLeftOuter && !rest.Any(c => NullRejection.Rejects(c, i => i >= left));
        if (isOuter) return Above(lookup with { Input = Push(lookup.Input, [.. below]) }, rest);
        IEnumerable<Expr> on = lookup.Condition is null ? [] : Functions.Conjuncts(lookup.Condition);
        if (lookup.IsLeftOuter)
            return Inner(lookup, below, [.. on, .. rest]);
        (Expr[] onLeft, Expr[] onRest) =
            Split(on, c => !Costs.IsVolatile(c) && ExprTree.Columns(c).All(i => i < left));
        return Inner(lookup, [.. onLeft, .. below], [.. onRest, .. rest]);
    }

    private LookupRel Inner(LookupRel lookup, Expr[] below, Expr[] condition) => lookup with
    {
        Input = Push(lookup.Input, [.. below]),
        IsLeftOuter = false,
        Condition = Functions.AllOf(condition),
    };

    private static (Expr[] Yes, Expr[] No) Split(IEnumerable<Expr> conditions, Predicate<Expr> holds)
    {
        ILookup<bool, Expr> split = conditions.ToLookup(c => holds(c));
        return ([.. split[true]], [.. split[false]]);
    }
}
