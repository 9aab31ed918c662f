using System.Collections.Immutable;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// Unbounded GROUP BY: for each key the aggregates over all rows so far, as a changelog. Emits the keys, then
/// the aggregates. Rows of one input batch for one key are taken together: one update a key and batch.
/// </summary>
/// <param name="Keys">Input columns; none makes one global group.</param>
/// <param name="InputRetracts">The input carries -U or -D rows.</param>
/// <param name="EmitUpdateBefore">Whether the consumer needs -U rows.</param>
/// <param name="TtlMs"><c>table.exec.state.ttl</c>; 0 keeps groups for ever.</param>
/// <param name="MiniBatch">Takes several batches together, or null.</param>
public sealed record GroupAggregatePlan(
    ImmutableArray<int> Keys,
    ImmutableArray<AggregateCall> Aggregates,
    Schema Input,
    bool InputRetracts,
    bool EmitUpdateBefore,
    long TtlMs,
    MiniBatchOptions? MiniBatch) : OperatorPlan;

/// <summary>One aggregate of a GROUP BY.</summary>
/// <param name="Function">Upper-case name in the aggregate catalog (COUNT, SUM, LISTAGG).</param>
/// <param name="Arguments">Input columns; none for COUNT(*).</param>
/// <param name="Filter">A BOOLEAN input column that must be TRUE, or -1.</param>
/// <param name="Options">What is no column: the separator of LISTAGG, IGNORE NULLS.</param>
public sealed record AggregateCall(
    string Function,
    ImmutableArray<int> Arguments,
    int Filter,
    bool IsDistinct,
    LogicalType Type,
    ImmutableArray<string> Options = default);

/// <summary>
/// A bundle ends at the size, after the latency, before a barrier, and at the end of input.
/// </summary>
/// <param name="AllowLatencyMs">Above 0.</param>
/// <param name="Size">Above 0: rows, or groups that wait.</param>
/// <param name="CountsGroups">
/// Aggregation in two phases: in Flink the second one counts what the first one made of its rows, at least one
/// partial result a group. Here the groups that wait are counted, so that a group of many rows changes once.
/// </param>
public sealed record MiniBatchOptions(long AllowLatencyMs, long Size, bool CountsGroups = false);
