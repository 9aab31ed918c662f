using System.Collections.Immutable;
using Millrace.Shared.Graph;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Planning;

/// <summary>One job, planned.</summary>
internal sealed record JobPlan(
    ImmutableArray<SinkRel> Sinks, ImmutableArray<PhysicalNode> Nodes, GraphBuilder Builder, JobGraph Graph)
{
    public static JobPlan Of(ImmutableArray<SinkRel> bound, SessionOptions session, PlannerOptions options)
    {
        ImmutableArray<SinkRel> sinks = Optimizer.Optimize(bound);
        var changelog = new Changelog(sinks);
        var planner =
            new PhysicalPlanner(session, changelog, session.Parallelism ?? options.DefaultParallelism);
        ImmutableArray<PhysicalNode> nodes = [.. sinks.Select(planner.PlanSink)];
        var builder = new GraphBuilder(nodes);
        JobGraph graph = builder.Build(
            session.JobName ?? options.JobName, session.MaxParallelism ?? options.MaxParallelism,
            session.TimeZone);
        return new JobPlan(sinks, nodes, builder, graph);
    }

    public string Explain() => Explainer.Explain(this);
}
