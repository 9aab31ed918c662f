using System.Collections.Immutable;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.Chaos.Tests.Simulation;

internal static class SimulatedGraphs
{
    private static readonly TableSpec Sink = new(
        "sink", Schema.Empty, [], [],
        ImmutableSortedDictionary<string, string>.Empty.Add("connector", "blackhole"));

    /// <summary>Vertex 0 is a source, vertex 1 a sink; what they do is simulated.</summary>
    public static JobGraph SourceToSink(int parallelism, ExchangeKind exchange) => new(
        "simulated",
        128,
        "UTC",
        [
            new JobVertex("source-1", "Source", parallelism, [new OperatorNode(
                "source-1", "Source", new ValuesPlan([]), Schema.Empty)]),
            new JobVertex("sink-2", "Sink", parallelism, [new OperatorNode(
                "sink-2", "Sink", new SinkPlan(Sink, NotNullEnforcer.Error), Schema.Empty)]),
        ],
        [new JobEdge(0, 1, 0, exchange, [])]);
}
