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
        int parallelism = 1, string name = "test-job", int maxParallelism = 128) =>
        Joined(ExchangeKind.Rebalance, parallelism, name, maxParallelism);

    /// <summary>
    /// As many regions as the parallelism: subtask i of the source feeds subtask i of the sink.
    /// </summary>
    public static JobGraph Pipelines(int parallelism) =>
        Joined(ExchangeKind.Forward, parallelism, "test-job", 128);

    /// <summary>What its sink writes takes effect with checkpoints.</summary>
    public static JobGraph Committing()
    {
        JobGraph graph = SourceToSink();
        OperatorNode sink = graph.Vertices[1].Chain[0];
        sink = sink with { Plan = (SinkPlan)sink.Plan with { CommitsAtCheckpoints = true } };
        return graph with { Vertices = [graph.Vertices[0], graph.Vertices[1] with { Chain = [sink] }] };
    }

    /// <summary>Two pipelines that nothing joins, each of its own parallelism: two regions.</summary>
    public static JobGraph TwoParts(int first, int second)
    {
        JobGraph one = SourceToSink(first);
        JobGraph two = SourceToSink(second);
        IEnumerable<JobVertex> renamed = two.Vertices.Select(v => v with
        {
            Id = v.Id + "-b",
            Name = v.Name + " b",
            Chain = [.. v.Chain.Select(o => o with { Uid = o.Uid + "-b" })],
        });
        return one with
        {
            Vertices = [.. one.Vertices, .. renamed],
            Edges = [.. one.Edges, new JobEdge(2, 3, 0, ExchangeKind.Rebalance, [])],
        };
    }

    private static JobGraph Joined(
        ExchangeKind exchange, int parallelism, string name, int maxParallelism)
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
            [new JobEdge(0, 1, 0, exchange, [])]);
    }
}
