using Akka.Actor;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class PlanSizeTests
{
    private readonly JobSubmission _submission = new(
        new SqlJobPlanner(ConnectorRegistry.Default), new CheckpointStore(new LocalCheckpointFiles()));

    [Fact]
    public void A_plan_that_no_message_can_carry_is_refused_with_its_size()
    {
        var refused = Assert.IsType<RefusedJob>(Prepare(nameLength: 4 << 20));
        Assert.Equal(FailureKind.FailureInvalid, refused.Answer.Kind);
        Assert.Contains("at most 3 MiB", refused.Answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_fits_is_taken() => Assert.IsType<PlannedJob>(Prepare(nameLength: 1 << 20));

    private object Prepare(int nameLength)
    {
        JobGraph graph = TestGraphs.SourceToSink();
        JobVertex first = graph.Vertices[0];
        first = first with { Name = new string('n', nameLength) };
        graph = graph with { Vertices = graph.Vertices.SetItem(0, first) };
        var submit = new SubmitJob
        {
            JobId = "1",
            Name = "large",
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph)),
        };
        return _submission.Prepare(submit, ActorRefs.Nobody);
    }
}
