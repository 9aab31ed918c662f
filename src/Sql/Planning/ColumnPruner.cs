using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Leaves out the columns that nobody needs, down to the scans; a shared
/// relation keeps what any reader needs.
/// </summary>
internal sealed class ColumnPruner
{
    private readonly ImmutableArray<SinkRel> _sinks;
    private readonly Dictionary<Rel, SortedSet<int>> _needed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Rel, Pruned> _done = new(ReferenceEqualityComparer.Instance);

    public ColumnPruner(ImmutableArray<SinkRel> sinks)
    {
        _sinks = sinks;
        foreach (Rel rel in new RelGraph(sinks).ReadersFirst) Need(rel);
    }

    public ImmutableArray<SinkRel> Run() => [.. _sinks.Select(Sink)];

    /// <param name="Map">Where each old column went, -1 for those that are gone.</param>
    private sealed record Pruned(Rel Rel, int[] Map)
    {
        public Expr Move(Expr expression) => ExprTree.Remap(expression, i => Map[i]);
    }

    private SortedSet<int> Needed(Rel rel) =>
        _needed.TryGetValue(rel, out SortedSet<int>? set) ? set : _needed[rel] = [];

    /// <summary>Asks the inputs of a relation for what it needs, given what its own readers need.</summary>
    private void Need(Rel rel)
    {
        SortedSet<int> own = Needed(rel);
        if (own.Count == 0 && rel.Schema.Count > 0) own.Add(0);
        switch (rel)
        {
            case SinkRel sink:
                Needed(sink.Input).UnionWith(Enumerable.Range(0, sink.Input.Schema.Count));
                break;
            case ProjectRel project:
                Needed(project.Input).UnionWith(own.SelectMany(i => ExprTree.Columns(project.Outputs[i])));
                break;
            case FilterRel filter:
                Needed(filter.Input).UnionWith(own.Concat(ExprTree.Columns(filter.Condition)));
                break;
            case UnionRel union:
                foreach (Rel branch in union.Branches) Needed(branch).UnionWith(own);
                break;
            case AggregateRel aggregate:
                own.UnionWith(Enumerable.Range(0, aggregate.Keys.Length));
                Needed(
                    aggregate.Input).UnionWith(aggregate.Keys.Concat(Kept(aggregate).SelectMany(InputsOf)));
                break;
            case LookupRel lookup:
                NeedLookup(lookup, own);
                break;
            case MatchRel match:
                own.UnionWith(Enumerable.Range(0, match.Schema.Count));
                Needed(match.Input).UnionWith(MatchColumns.Used(match.Plan));
                break;
            case ScanRel scan when scan.Table.Watermark is { } watermark:
                own.UnionWith(ExprTree.Columns(watermark.Expression).Append(watermark.Rowtime));
                break;
        }
    }

    private void NeedLookup(LookupRel lookup, SortedSet<int> own)
    {
        int left = lookup.Input.Schema.Count;
        if (lookup.Condition is not null) own.UnionWith(ExprTree.Columns(lookup.Condition));
        Needed(lookup.Input)
            .UnionWith(own.Where(i => i < left).Concat(lookup.Keys.SelectMany(ExprTree.Columns)));
    }

    private IEnumerable<AggregateCall> Kept(AggregateRel aggregate) =>
        aggregate.Calls.Where((_, i) => Needed(aggregate).Contains(aggregate.Keys.Length + i));

    private static IEnumerable<int> InputsOf(AggregateCall call) =>
        call.Filter < 0 ? call.Arguments : call.Arguments.Append(call.Filter);

    private Pruned Prune(Rel rel)
    {
        if (_done.TryGetValue(rel, out Pruned? done)) return done;
        return _done[rel] = rel switch
        {
            ScanRel scan => Keep(rel, own => scan with
            {
                Columns = [.. own.Select(i => scan.Columns[i])],
                Schema = Schema(rel, own),
            }),
            ValuesRel values => Keep(rel, own => values with
            {
                Rows = [.. values.Rows.Select(r => own.Select(i => r[i]).ToImmutableArray())],
                Schema = Schema(rel, own),
            }),
            ProjectRel project => Project(project),
            FilterRel filter => Filter(filter),
            UnionRel union => Keep(rel, own => union with
            {
                Branches = [.. union.Branches.Select(b => Exactly(b, own))],
                Schema = Schema(rel, own),
            }),
            AggregateRel aggregate => Aggregate(aggregate),
            LookupRel lookup => Lookup(lookup),
            MatchRel match => Match(match),
            _ => throw new InvalidOperationException($"{rel.GetType().Name} cannot be pruned."),
        };
    }

    private Pruned Keep(Rel rel, Func<SortedSet<int>, Rel> make)
    {
        SortedSet<int> own = Needed(rel);
        var map = new int[rel.Schema.Count];
        Array.Fill(map, -1);
        int next = 0;
        foreach (int i in own) map[i] = next++;
        return new Pruned(make(own), map);
    }

    private static Schema Schema(Rel rel, IEnumerable<int> columns) =>
        new([.. columns.Select(i => rel.Schema[i])]);

    /// <summary>The relation with just these of its old columns, in this order.</summary>
    private Rel Exactly(Rel rel, IEnumerable<int> columns)
    {
        Pruned pruned = Prune(rel);
        int[] wanted = [.. columns.Select(i => pruned.Map[i])];
        return wanted.SequenceEqual(Enumerable.Range(0, pruned.Rel.Schema.Count))
            ? pruned.Rel
            : ProjectRel.Of(pruned.Rel, wanted);
    }

    private SinkRel Sink(SinkRel sink) =>
        sink with { Input = Exactly(sink.Input, Enumerable.Range(0, sink.Input.Schema.Count)) };

    private Pruned Project(ProjectRel project)
    {
        Pruned input = Prune(project.Input);
        return Keep(project, own => project with
        {
            Input = input.Rel,
            Outputs = [.. own.Select(i => input.Move(project.Outputs[i]))],
            Schema = Schema(project, own),
        });
    }

    /// <summary>The columns that only the condition needs end here.</summary>
    private Pruned Filter(FilterRel filter)
    {
        Pruned input = Prune(filter.Input);
        var pruned = new FilterRel(input.Rel, input.Move(filter.Condition), filter.Span);
        return Keep(filter, own => own.Count == pruned.Schema.Count
            ? pruned
            : ProjectRel.Of(pruned, own.Select(i => input.Map[i])));
    }

    private Pruned Aggregate(AggregateRel aggregate)
    {
        Pruned input = Prune(aggregate.Input);
        return Keep(aggregate, own => aggregate with
        {
            Input = input.Rel,
            Keys = [.. aggregate.Keys.Select(k => input.Map[k])],
            Calls =
            [
                .. Kept(aggregate).Select(c => c with
                {
                    Arguments = [.. c.Arguments.Select(a => input.Map[a])],
                    Filter = c.Filter < 0 ? -1 : input.Map[c.Filter],
                }),
            ],
            Schema = Schema(aggregate, own),
        });
    }

    /// <summary>
    /// All that is left of the input passes a lookup join; of the table's columns those needed.
    /// </summary>
    private Pruned Lookup(LookupRel lookup)
    {
        Pruned input = Prune(lookup.Input);
        int oldLeft = lookup.Input.Schema.Count;
        int newLeft = input.Rel.Schema.Count;
        int[] right = [.. Needed(lookup).Where(i => i >= oldLeft).Select(i => i - oldLeft)];
        int[] map =
        [
            .. input.Map,
            .. Enumerable.Range(0, lookup.OutputColumns.Length).Select(i => Array.IndexOf(right, i))
                .Select(at => at < 0 ? -1 : newLeft + at),
        ];
        var schema =
            new Schema([.. input.Rel.Schema.Fields, .. right.Select(i => lookup.Schema[oldLeft + i])]);
        LookupRel pruned = lookup with
        {
            Input = input.Rel,
            Keys = [.. lookup.Keys.Select(input.Move)],
            OutputColumns = [.. right.Select(i => lookup.OutputColumns[i])],
            Condition = lookup.Condition is null ? null : ExprTree.Remap(lookup.Condition, i => map[i]),
            Schema = schema,
        };
        return new Pruned(pruned, map);
    }

    private Pruned Match(MatchRel match)
    {
        Pruned input = Prune(match.Input);
        return Keep(match, _ => match with
        {
            Input = input.Rel,
            Plan = MatchColumns.Remap(match.Plan, i => input.Map[i], input.Rel.Schema),
        });
    }
}
