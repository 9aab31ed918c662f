using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Lookups;

/// <summary>
/// <c>JOIN table FOR SYSTEM_TIME AS OF PROCTIME()</c>: looks up each row's key in a dimension table and emits
/// the row's columns, then <see cref="LookupSpec.OutputColumns"/> of each table row found, in the order of
/// the input.
/// </summary>
/// <param name="Keys">One expression a key column of the lookup, over the input; constants too. A NULL key
/// finds nothing and asks nothing.</param>
/// <param name="IsLeftOuter">A row without a match is emitted once, padded with NULL.</param>
/// <param name="Condition">The rest of ON, over input columns then output columns; null where there is
/// none.</param>
/// <param name="Cache">Null asks the table for every batch.</param>
/// <param name="Retry">The LOOKUP hint's retry on a missing row; null where there is none.</param>
/// <param name="Capacity">Rows that may wait for answers before the operator takes no more; at least two
/// batches may.</param>
public sealed record LookupJoinPlan(
    TableSpec Table,
    LookupSpec Lookup,
    ImmutableArray<Expr> Keys,
    bool IsLeftOuter,
    Expr? Condition,
    LookupCacheOptions? Cache,
    LookupRetry? Retry,
    int Capacity = 100,
    long TimeoutMs = 180_000) : OperatorPlan;

/// <param name="MaxAttempts">Further lookups after the first one that found nothing.</param>
public sealed record LookupRetry(int MaxAttempts, long FixedDelayMs);
