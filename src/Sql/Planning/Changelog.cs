using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Columns that identify a row of a changelog.</summary>
/// <param name="IsExact">
/// Writing the newest row over the key's old one is right: whatever came before under this key is
/// overwritten. Not so behind an inner lookup join that may find several rows, or none: there the key only
/// keeps the order of changes.
/// </param>
internal readonly record struct UpsertKey(ImmutableArray<int> Columns, bool IsExact);

/// <summary>
/// What each relation of a tree does to rows that it gave before: whether it updates at all, by which columns
/// an update finds its row, and whether somebody downstream needs the -U half of an update.
/// </summary>
internal sealed class Changelog
{
    private readonly Dictionary<Rel, bool> _updates = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Rel, ImmutableArray<UpsertKey>> _keys =
        new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Rel> _needsBefore = new(ReferenceEqualityComparer.Instance);

    public Changelog(IEnumerable<SinkRel> sinks)
    {
        foreach (SinkRel sink in sinks) RequireBefore(sink.Input, SinkRules.NeedsUpdateBefore(sink, this));
    }

    /// <summary>Whether rows other than +I come out of it.</summary>
    public bool IsUpdating(Rel rel)
    {
        if (_updates.TryGetValue(rel, out bool known)) return known;
        return _updates[rel] = rel switch
        {
            ScanRel scan => scan.Table.Abilities.ScanEmitsChanges,
            AggregateRel { Calls.IsEmpty: true } distinct => IsUpdating(distinct.Input),
            AggregateRel => true,
            _ => rel.Inputs.Any(IsUpdating),
        };
    }

    /// <summary>Whether the consumers of the relation need the -U rows of its updates.</summary>
    public bool NeedsUpdateBefore(Rel rel) => _needsBefore.Contains(rel);

    public ImmutableArray<UpsertKey> UpsertKeys(Rel rel)
    {
        if (_keys.TryGetValue(rel, out ImmutableArray<UpsertKey> known)) return known;
        return _keys[rel] = rel switch
        {
            ScanRel scan => ScanKeys(scan),
            FilterRel filter => UpsertKeys(filter.Input),
            ProjectRel project => Mapped(UpsertKeys(project.Input), project.Outputs),
            CalcRel calc => Mapped(UpsertKeys(calc.Input), calc.Outputs),
            AggregateRel aggregate =>
                [new UpsertKey([.. Enumerable.Range(0, aggregate.Keys.Length)], true)],
            LookupRel lookup => LookupKeys(lookup),
            _ => [],
        };
    }

    private static ImmutableArray<UpsertKey> ScanKeys(ScanRel scan)
    {
        if (scan.Table.Spec.PrimaryKey.IsEmpty) return [];
        int[] columns = [.. scan.Table.Spec.PrimaryKey.Select(c => scan.Columns.IndexOf(c))];
        return columns.Contains(-1) ? [] : [new UpsertKey([.. columns], true)];
    }

    private ImmutableArray<UpsertKey> LookupKeys(LookupRel lookup)
    {
        ImmutableArray<int> primary = lookup.Table.Spec.PrimaryKey;
        bool isUnique = !primary.IsEmpty && primary.All(lookup.KeyColumns.Contains);
        bool overwrites = isUnique || lookup.IsLeftOuter;
        return [.. UpsertKeys(lookup.Input).Select(k => k with { IsExact = k.IsExact && overwrites })];
    }

    private static ImmutableArray<UpsertKey> Mapped(
        ImmutableArray<UpsertKey> keys, ImmutableArray<Expr> outputs)
    {
        var mapped = ImmutableArray.CreateBuilder<UpsertKey>();
        foreach (UpsertKey key in keys)
        {
            int[] columns = [.. key.Columns.Select(c => IndexOf(outputs, c))];
            if (!columns.Contains(-1)) mapped.Add(new UpsertKey([.. columns], key.IsExact));
        }
        return mapped.ToImmutable();
    }

    private static int IndexOf(ImmutableArray<Expr> outputs, int column)
    {
        for (int i = 0; i < outputs.Length; i++)
            if (InjectiveCasts.SourceColumn(outputs[i]) == column) return i;
        return -1;
    }

    private void RequireBefore(Rel rel, bool isNeeded)
    {
        if (!IsUpdating(rel) || (isNeeded && !_needsBefore.Add(rel))) return;
        foreach (Rel input in rel.Inputs) RequireBefore(input, InputNeedsBefore(rel, input, isNeeded));
    }

    private bool InputNeedsBefore(Rel rel, Rel input, bool isNeeded) => rel switch
    {
        AggregateRel => true,
        CalcRel { Condition: { } condition } => isNeeded || !IsOnKey(condition, input),
        FilterRel filter => isNeeded || !IsOnKey(filter.Condition, input),
        LookupRel lookup => isNeeded || !lookup.IsLeftOuter,
        _ => isNeeded,
    };

    /// <summary>
    /// Whether both halves of every update fare alike: the condition looks at an upsert key only.
    /// </summary>
    private bool IsOnKey(Expr condition, Rel input) => UpsertKeys(input)
        .Any(k => k.IsExact && ExprTree.Columns(condition).All(k.Columns.Contains));
}
