using System.Collections.Immutable;
using Millrace.Operators.Sinks;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;
using Millrace.TestClocks;
using Xunit;

namespace Millrace.Operators.Tests.Sinks;

public sealed class SinkCommitsTests : IDisposable
{
    private static readonly TableSpec _table = new(
        "results", Schema.Of(new Field("id", LogicalType.BigInt)), [], [],
        ImmutableSortedDictionary<string, string>.Empty);

    private readonly RecordingCommits _recording = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public void Rows_are_prepared_at_a_barrier_and_committed_when_the_checkpoint_or_a_later_one_is_complete()
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        sink.Process(0, Batch(2));
        sink.BeforeBarrier(new Barrier(new CheckpointId(2), ""));
        sink.Process(0, Batch(3));
        sink.OnCheckpointComplete(new CheckpointId(2));
        sink.OnCheckpointComplete(new CheckpointId(2));
        Assert.Equal(
            ["recover []", "flush", "prepare +I 1", "flush", "prepare +I 2", "commit +I 1", "commit +I 2"],
            _recording.Log);
    }

    [Fact]
    public void The_end_of_the_job_commits_what_is_left_once()
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.EndOfInput(0);
        Assert.DoesNotContain("commit +I 1", _recording.Log);
        sink.Finish();
        sink.Finish();
        Assert.Single(_recording.Log, "commit +I 1");
    }

    [Fact]
    public void A_snapshot_holds_all_that_is_not_committed_and_a_restore_commits_it_before_anything_else()
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        sink.OnCheckpointComplete(new CheckpointId(1));
        foreach (int row in (int[])[2, 3])
        {
            sink.Process(0, Batch(row));
            sink.BeforeBarrier(new Barrier(new CheckpointId(row), ""));
        }
        MemoryState state = SnapshotOf(sink, 3);
        var restored = new RecordingCommits();
        SinkOperator successor = Open(restored);
        successor.Restore(state.Reader());
        successor.Process(0, Batch(4));
        Assert.Equal(["commit +I 2", "commit +I 3", "recover [+I 2, +I 3]"], restored.Log);
        Assert.Null(successor.Snapshot(new CheckpointId(4)));
    }

    [Fact]
    public void A_savepoint_on_the_way_has_all_that_waits_kept_and_one_that_stops_the_job_has_not()
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        sink.Process(0, Batch(2));
        sink.BeforeBarrier(new Barrier(new CheckpointId(2), "", IsSavepoint: true));
        sink.Process(0, Batch(3));
        sink.BeforeBarrier(new Barrier(new CheckpointId(3), "", IsSavepoint: true, StopsSources: true));
        sink.OnCheckpointComplete(new CheckpointId(3));
        Assert.Equal(["commit +I 1 of 2", "commit +I 2 of 2", "commit +I 3"], _recording.Log.TakeLast(3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Another_parallelism_commits_each_once(int parallelism)
    {
        var state = new MemoryState();
        for (int i = 0; i < 3; i++)
        {
            SinkOperator sink = Open(new RecordingCommits(), i, 3);
            sink.Process(0, Batch(i));
            sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
            state.Write(sink.Snapshot(new CheckpointId(1)));
        }
        for (int i = 0; i < parallelism; i++) Open(_recording, i, parallelism).Restore(state.Reader());
        Assert.Equal(["commit +I 0", "commit +I 1", "commit +I 2"], _recording.Log.Order());
    }

    [Fact]
    public void A_commit_that_fails_is_tried_again()
    {
        SinkOperator sink = Open(_recording, out MetricGroup metrics);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        _recording.Failing = (3, ErrorKind.Unavailable);
        sink.OnCheckpointComplete(new CheckpointId(1));
        Assert.Equal(["fail +I 1", "fail +I 1", "fail +I 1", "commit +I 1"], _recording.Log.TakeLast(4));
        Assert.Equal(
            (1, 3, 0),
            (metrics.Counter("successfulCommittables").Value, metrics.Counter("retriedCommittables").Value,
                metrics.Counter("failedCommittables").Value));
    }

    [Theory]
    [InlineData(ErrorKind.Unavailable, 4)]
    [InlineData(ErrorKind.Fenced, 1)]
    [InlineData(ErrorKind.Invalid, 1)]
    public void One_that_fails_too_often_or_for_good_fails_the_subtask_and_stays_in_its_snapshots(
        ErrorKind kind, int tries)
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        _recording.Failing = (100, kind);
        var failure = Assert.Throws<MillraceException>(() => sink.OnCheckpointComplete(new CheckpointId(1)));
        Assert.Equal(kind, failure.Kind);
        Assert.Equal(tries, _recording.Log.Count(l => l == "fail +I 1"));
        _recording.Failing = default;
        var restored = new RecordingCommits();
        Open(restored).Restore(SnapshotOf(sink, 1).Reader());
        Assert.Equal(["commit +I 1"], restored.Log);
    }

    [Fact]
    public void Without_a_complete_checkpoint_the_number_of_committables_has_a_limit()
    {
        SinkOperator sink = Open(_recording);
        var failure = Assert.Throws<MillraceException>(() =>
        {
            for (int i = 1; i <= 20_000; i++)
            {
                sink.Process(0, Batch(i));
                sink.BeforeBarrier(new Barrier(new CheckpointId(i), ""));
            }
        });
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("10000 committables", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sink_of_another_kind_refuses_what_it_cannot_commit()
    {
        SinkOperator sink = Open(_recording);
        sink.Process(0, Batch(1));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        MemoryState state = SnapshotOf(sink, 1);
        var other = new RecordingCommits { Format = "other-1" };
        var failure = Assert.Throws<MillraceException>(() => Open(other).Restore(state.Reader()));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains("'text-1'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(other.Log);
    }

    private static SinkOperator Open(RecordingCommits recording, int subtask = 0, int parallelism = 1) =>
        Open(recording, out _, subtask, parallelism);

    private static SinkOperator Open(
        RecordingCommits recording, out MetricGroup metrics, int subtask = 0, int parallelism = 1)
    {
        var time = new ImpatientTime();
        OperatorContext context =
            TestContexts.Create(new TestMailbox(time), time, recording, subtask, parallelism);
        metrics = context.Metrics;
        var sink = new SinkOperator(new SinkPlan(_table, NotNullEnforcer.Error));
        sink.Open(context, new CollectedOutput());
        return sink;
    }

    private static MemoryState SnapshotOf(SinkOperator sink, long checkpoint)
    {
        var state = new MemoryState();
        state.Write(sink.Snapshot(new CheckpointId(checkpoint)));
        return state;
    }

    private static ColumnBatch Batch(long id)
    {
        var builder = new BatchBuilder(_table.Physical);
        ((FixedColumnBuilder<long>)builder.Columns[0]).Append(id);
        builder.EndRow();
        return builder.Build();
    }
}
