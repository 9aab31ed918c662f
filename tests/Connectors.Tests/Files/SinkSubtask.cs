using Millrace.Operators;
using Millrace.Operators.Sinks;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.Shared.Keys;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;
using Millrace.TestClocks;

namespace Millrace.Connectors.Tests.Files;

/// <summary>The real sink operator over a table of files, as one subtask of one attempt has it.</summary>
internal sealed class SinkSubtask : IConnectorRegistry, IDisposable
{
    private readonly FileTable _table;
    private readonly IOperator _operator;

    public SinkSubtask(
        FileTable table, string job, int attempt, int index, int parallelism, int[]? replaced,
        long lastCheckpoint)
    {
        _table = table;
        Attempt = attempt;
        Index = index;
        _operator = OperatorFactory.Create(new SinkPlan(table.Spec, NotNullEnforcer.Error));
        _operator.Open(new OperatorContext
        {
            JobId = job,
            Attempt = attempt,
            OperatorUid = "sink",
            OperatorName = "sink",
            SubtaskIndex = index,
            ReplacedSubtasks = replaced,
            LastCheckpoint = new CheckpointId(lastCheckpoint),
            Parallelism = parallelism,
            MaxParallelism = KeyGroups.DefaultMaxParallelism,
            Time = new ImpatientTime(),
            Mailbox = new NoMailbox(),
            Metrics = Metrics,
            Connectors = this,
        }, new NoOutput());
    }

    public int Attempt { get; }

    public int Index { get; }

    public MetricGroup Metrics { get; } = new();

    /// <summary>The latest checkpoint that completed while the subtask was current.</summary>
    public long LastComplete { get; set; }

    public void Restore(IEnumerable<byte[]> items) => _operator.Restore(new Items(items));

    public void Write(ColumnBatch batch) => _operator.Process(0, batch);

    /// <returns>The items of its snapshot.</returns>
    public IReadOnlyList<byte[]> Barrier(long checkpoint, bool isSavepoint = false)
    {
        var id = new CheckpointId(checkpoint);
        _operator.BeforeBarrier(new Barrier(id, "", isSavepoint));
        var items = new Items([]);
        using IStateSnapshot? snapshot = _operator.Snapshot(id);
        snapshot?.WriteTo(items);
        return items.All;
    }

    public void Complete(long checkpoint) => _operator.OnCheckpointComplete(new CheckpointId(checkpoint));

    public void Finish() => _operator.Finish();

    public IConnector Find(TableSpec table) => _table.Connector;

    public void Dispose() => _operator.Dispose();

    private sealed class Items(IEnumerable<byte[]> items) : IStateReader, IStateWriter
    {
        private const string Name = "committable";

        public List<byte[]> All { get; } = [.. items];

        public void ReadKeyed(KeyedStateEntry entry)
        {
        }

        public void ReadItems(StateItem item)
        {
            foreach (byte[] bytes in All) item(Name, bytes);
        }

        public void Keyed(int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
            throw new NotSupportedException();

        public void Item(string state, ReadOnlySpan<byte> item) => All.Add(item.ToArray());
    }

    private sealed class NoMailbox : IMailbox
    {
        public void Post(Action action) => throw new NotSupportedException();

        public IDisposable Schedule(TimeSpan delay, Action action) => throw new NotSupportedException();
    }

    private sealed class NoOutput : IBatchOutput
    {
        public void Emit(ColumnBatch batch) => throw new NotSupportedException();
    }
}
