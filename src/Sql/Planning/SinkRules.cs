using System.Collections.Immutable;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Which changelogs a sink takes.</summary>
internal static class SinkRules
{
    /// <summary>Whether the sink needs the -U half of updates.</summary>
    /// <exception cref="SqlException">The sink cannot take the query's changes.</exception>
    public static bool NeedsUpdateBefore(SinkRel sink, Changelog changelog)
    {
        if (!changelog.IsUpdating(sink.Input)) return false;
        string name = sink.Table.Name;
        if (!sink.Table.Abilities.AcceptsUpdates)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"Table sink '{name}' doesn't support consuming update and delete changes, which "
                + $"{Origin(sink.Input, changelog)} "
                + "produces; declare a PRIMARY KEY (…) NOT ENFORCED if its connector takes updates by key, "
                + "or write to another connector.",
                sink.Span);
        ImmutableArray<int> primary = sink.Table.Spec.PrimaryKey;
        if (primary.IsEmpty) return true;
        UpsertKey[] fitting =
            [.. changelog.UpsertKeys(sink.Input).Where(k => k.Columns.All(primary.Contains))];
        if (fitting.Length == 0)
            throw new SqlException(
                SqlErrorKind.Unsupported,
                $"The primary key of '{name}' does not hold the key by which the query updates its rows; a "
                + "sink that puts such changes in order (Flink's upsert materializer) is not supported yet.",
                sink.Span);
        return !fitting.Any(k => k.IsExact);
    }

    private static string Origin(Rel rel, Changelog changelog) => rel switch
    {
        AggregateRel { Calls.IsEmpty: true } => "DISTINCT over a changing table",
        AggregateRel => "GROUP BY",
        ScanRel scan => $"the changing table '{scan.Table.Name}'",
        _ => Origin(rel.Inputs.First(changelog.IsUpdating), changelog),
    };
}
