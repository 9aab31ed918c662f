using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.Sql;

/// <summary>A script, planned.</summary>
/// <param name="Graph">The job; null where the script has no INSERT, STATEMENT SET or query to run.</param>
/// <param name="Options">What SET left behind, sorted by key.</param>
/// <param name="Explanations">One text an EXPLAIN, in order.</param>
/// <param name="Sinks">The tables that the job writes, in order, each once.</param>
/// <param name="Result">
/// The columns of a query that stands alone, as Flink shows their types; its sink table has the same columns,
/// all of them nullable. Null for other jobs.
/// </param>
public sealed record PlannedScript(
    JobGraph? Graph,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableArray<string> Explanations,
    ImmutableArray<TableSpec> Sinks,
    Schema? Result = null)
{
    /// <summary>The plan of the job as EXPLAIN shows it; null where there is none.</summary>
    public string? Explanation { get; init; }
}
