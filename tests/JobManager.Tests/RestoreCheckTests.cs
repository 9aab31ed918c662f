using System.Collections.Immutable;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class RestoreCheckTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(1, true)]
    public void Records_in_flight_go_back_to_as_many_subtasks_only(int parallelism, bool isRefused)
    {
        JobGraph before = TestGraphs.SourceToSink(2);
        CheckpointMetadata checkpoint = Checkpoint(before, InFlightRecords.Uid);
        JobGraph after = TestGraphs.SourceToSink(parallelism);
        Action verify = () => RestoreCheck.Verify(checkpoint, after, allowNonRestoredState: true);
        if (!isRefused) verify();
        else Assert.Contains(
            "is unaligned", Assert.Throws<MillraceException>(verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_in_flight_are_no_state_that_an_operator_lacks()
    {
        JobGraph graph = TestGraphs.SourceToSink(2);
        RestoreCheck.Verify(Checkpoint(graph, InFlightRecords.Uid), graph, allowNonRestoredState: false);
        var failure = Assert.Throws<MillraceException>(() =>
            RestoreCheck.Verify(Checkpoint(graph, "gone"), graph, allowNonRestoredState: false));
        Assert.Contains("gone", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Every subtask of the last vertex has a section of that uid.</summary>
    private static CheckpointMetadata Checkpoint(JobGraph graph, string uid)
    {
        JobVertex last = graph.Vertices[^1];
        ImmutableArray<SubtaskSnapshot> subtasks =
        [
            .. graph.Vertices.SelectMany(v => Enumerable.Range(0, v.Parallelism).Select(i =>
                new SubtaskSnapshot(v.Id, i, "file", 1, v == last ? [uid] : []))),
        ];
        return new CheckpointMetadata(
            new CheckpointId(1), false, graph.Name, graph.MaxParallelism, "/checkpoints/chk-1", subtasks);
    }
}
