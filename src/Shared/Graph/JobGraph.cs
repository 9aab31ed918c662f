using System.Collections.Immutable;
using Millrace.Shared.Types;

namespace Millrace.Shared.Graph;

/// <summary>
/// The logical dataflow of a job: vertices of chained operators, joined by exchanges. Immutable; the same SQL
/// text gives the same graph, uids included.
/// </summary>
/// <param name="TimeZone">
/// The session time zone (<c>table.local-time-zone</c>), an IANA name or an offset.
/// </param>
/// <param name="Vertices">In topological order: an edge goes from a smaller to a larger index.</param>
public sealed record JobGraph(
    string Name,
    int MaxParallelism,
    string TimeZone,
    ImmutableArray<JobVertex> Vertices,
    ImmutableArray<JobEdge> Edges)
{
    public IEnumerable<JobEdge> InputsOf(int vertex) => Edges.Where(e => e.To == vertex);

    public IEnumerable<JobEdge> OutputsOf(int vertex) => Edges.Where(e => e.From == vertex);
}

/// <summary>
/// Operators that run in one subtask, each feeding the next; only the first may have several inputs.
/// </summary>
/// <param name="Id">Stable across runs of the same text; the first operator's uid.</param>
/// <param name="Name">For people: the operators' names joined by an arrow.</param>
public sealed record JobVertex(string Id, string Name, int Parallelism, ImmutableArray<OperatorNode> Chain);

/// <param name="Uid">Unique in the job; matches state to the operator.</param>
/// <param name="Output">The schema of what it emits; empty for a sink.</param>
public sealed record OperatorNode(string Uid, string Name, OperatorPlan Plan, Schema Output);

/// <summary>
/// The configuration of an operator. Each kind is a sealed record beside its operator, registered by name in
/// the plan codec; nothing else can be read back.
/// </summary>
public abstract record OperatorPlan;

/// <param name="Input">
/// Which input of the target's first operator; several edges may feed one input (UNION ALL).
/// </param>
/// <param name="KeyColumns">For <see cref="ExchangeKind.Hash"/>: columns of the sender's output.</param>
public sealed record JobEdge(int From, int To, int Input, ExchangeKind Kind, ImmutableArray<int> KeyColumns);

/// <summary>How rows choose among the subtasks of the receiving vertex.</summary>
public enum ExchangeKind
{
    /// <summary>Subtask i to subtask i; equal parallelism.</summary>
    Forward,

    /// <summary>By the key group of the key columns; order is kept per sender.</summary>
    Hash,

    /// <summary>Batch by batch in turn.</summary>
    Rebalance,

    /// <summary>Everything to all.</summary>
    Broadcast,

    /// <summary>All rows to subtask 0; the others hear of time, barriers and the end only.</summary>
    Global,
}
