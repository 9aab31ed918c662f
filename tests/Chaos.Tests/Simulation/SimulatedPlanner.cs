using Millrace.JobManager.Planning;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>Plans a job as what it always is, at the parallelism that is asked for.</summary>
internal sealed class SimulatedPlanner(ExchangeKind exchange) : IJobPlanner
{
    public JobGraph Plan(string name, SqlJob job) => SimulatedGraphs.SourceToSink(job.Parallelism, exchange);

    public string Explain(string name, SqlJob job) => throw new NotSupportedException();
}
