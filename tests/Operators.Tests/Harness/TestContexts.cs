using Microsoft.Extensions.Time.Testing;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Keys;
using Millrace.Shared.Metrics;

namespace Millrace.Operators.Tests.Harness;

internal static class TestContexts
{
    public static OperatorContext Create(
        TestMailbox mailbox,
        FakeTimeProvider time,
        IConnectorRegistry? connectors = null,
        int subtask = 0,
        int parallelism = 1) => new()
        {
            JobId = "job",
            Attempt = 1,
            OperatorUid = "uid",
            OperatorName = "operator",
            SubtaskIndex = subtask,
            Parallelism = parallelism,
            MaxParallelism = KeyGroups.DefaultMaxParallelism,
            Time = time,
            Mailbox = mailbox,
            Metrics = new MetricGroup(),
            Connectors = connectors ?? new NoConnectors(),
        };

    private sealed class NoConnectors : IConnectorRegistry
    {
        public IConnector Find(TableSpec table) => throw new InvalidOperationException("No connectors here.");
    }
}
