using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Sinks;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Sinks;

public sealed class SinkOperatorTests : IDisposable
{
    private static readonly TableSpec _table = new(
        "results",
        Schema.Of(new Field("id", LogicalType.BigInt.NotNull()), new Field("name", LogicalType.String)),
        [],
        [0],
        ImmutableSortedDictionary<string, string>.Empty);

    private readonly Recording _recording = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public void Rows_are_written_with_their_kinds_and_flushed_at_barriers_and_at_the_end()
    {
        SinkOperator sink = Open(NotNullEnforcer.Error, out MetricGroup metrics);
        sink.Process(0, Batch([1, 2], ChangeKind.Delete));
        sink.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        sink.Process(0, Batch([3]));
        sink.EndOfInput(0);
        sink.Dispose();
        Assert.Equal(["-D 1|x", "-D 2|x", "flush", "+I 3|x", "flush", "dispose"], _recording.Log);
        Assert.Equal(3, metrics.Counter("numRecordsSend").Value);
    }

    [Fact]
    public void A_null_in_a_not_null_column_fails_and_names_table_and_column()
    {
        SinkOperator sink = Open(NotNullEnforcer.Error, out _);
        var failure = Assert.Throws<MillraceException>(() => sink.Process(0, Batch([1, null])));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains("'id'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'results'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_recording.Log);
    }

    [Fact]
    public void The_enforcer_drop_leaves_such_rows_out_and_counts_them()
    {
        SinkOperator sink = Open(NotNullEnforcer.Drop, out MetricGroup metrics);
        sink.Process(0, Batch([1, null, 2]));
        sink.Process(0, Batch([null]));
        Assert.Equal(["+I 1|x", "+I 2|x"], _recording.Log);
        Assert.Equal(2, metrics.Counter("numRecordsDropped").Value);
        Assert.Equal(2, metrics.Counter("numRecordsSend").Value);
    }

    [Fact]
    public void A_sink_that_flushes_refuses_a_checkpoint_with_output_that_is_to_be_committed()
    {
        var state = new MemoryState();
        state.Write(new CommittableSnapshot(0, [new Committable("text-1", new byte[1])]));
        SinkOperator sink = Open(NotNullEnforcer.Error, out _);
        var failure = Assert.Throws<MillraceException>(() => sink.Restore(state.Reader()));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains("'text-1'", failure.Message, StringComparison.Ordinal);
    }

    private SinkOperator Open(NotNullEnforcer enforcer, out MetricGroup metrics)
    {
        var time = new FakeTimeProvider();
        OperatorContext context = TestContexts.Create(new TestMailbox(time), time, _recording);
        metrics = context.Metrics;
        var sink = new SinkOperator(new SinkPlan(_table, enforcer));
        sink.Open(context, new CollectedOutput());
        return sink;
    }

    private static ColumnBatch Batch(long?[] ids, ChangeKind kind = ChangeKind.Insert)
    {
        var builder = new BatchBuilder(_table.Physical);
        foreach (long? id in ids)
        {
            if (id is { } value) ((FixedColumnBuilder<long>)builder.Columns[0]).Append(value);
            else builder.Columns[0].AppendNull();
            ((BytesColumnBuilder)builder.Columns[1]).Append("x"u8);
            builder.EndRow(kind);
        }
        return builder.Build();
    }

    private sealed class Recording : IConnectorRegistry, IConnector, ISinkWriter
    {
        public List<string> Log { get; } = [];

        public string Name => "recording";

        public IConnector Find(TableSpec table) => this;

        public TableAbilities Check(TableSpec table) => new(CanSink: true);

        public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
            throw new NotSupportedException();

        public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => this;

        public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
            throw new NotSupportedException();

        public void Write(ColumnBatch batch)
        {
            var rows = new CollectedOutput();
            rows.Emit(batch);
            Log.AddRange(rows.Rows);
        }

        public void Flush() => Log.Add("flush");

        public void Dispose() => Log.Add("dispose");
    }
}
