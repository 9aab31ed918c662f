using System.Collections.Immutable;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.JobManager.Tests.Fakes;

internal static class TestGraphs
{
    /// <summary>A source and a sink, each of this parallelism, joined by a rebalance.</summary>
    public static JobGraph SourceToSink(
        int parallelism = 1, string name = "test-job", int maxParallelism = 128)
    {
        var table = new TableSpec(
            "sink", Schema.Empty, [], [], ImmutableSortedDictionary<string, string>.Empty.Add(
                "connector", "blackhole"));
        return new JobGraph(
            name,
            maxParallelism,
            "UTC",
            [
                new JobVertex("source-1", "Source", parallelism, [new OperatorNode(
                    "source-1", "Source", new ValuesPlan([]), Schema.Empty)]),
                new JobVertex("sink-2", "Sink", parallelism, [new OperatorNode(
                    "sink-2", "Sink", new SinkPlan(table, NotNullEnforcer.Error), Schema.Empty)]),
            ],
            [new JobEdge(0, 1, 0, ExchangeKind.Rebalance, [])]);
    }
}
