using System.Collections.Immutable;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.Sql.Planning;

/// <summary>One operator of the physical plan with where its rows come from.</summary>
/// <param name="Kind">The stem of its uid: <c>calc</c>, <c>source-orders</c>.</param>
/// <param name="Name">What it does, for people.</param>
/// <param name="Changes">The change kinds that it emits, for people: <c>I</c>, <c>I,UB,UA,D</c>.</param>
internal sealed record PhysicalNode(
    string Kind,
    string Name,
    OperatorPlan Plan,
    Schema Output,
    int Parallelism,
    string Changes,
    ImmutableArray<PhysicalEdge> Inputs);

/// <param name="Keys">Of a hash exchange: columns of the sender's output.</param>
internal sealed record PhysicalEdge(PhysicalNode From, ExchangeKind Kind, ImmutableArray<int> Keys);
