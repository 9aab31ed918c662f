using System.Collections.Immutable;
using Millrace.Connectors.Jdbc;
using Millrace.Operators;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.Shared.Keys;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;
using Millrace.Shared.Types;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// The sink operator as it is, over a writer of <see cref="SimulatedTransactions"/>; what it takes is also
/// written to <see cref="SimulatedTable"/>, a few records at a time.
/// </summary>
internal sealed class SimulatedSink : IDisposable
{
    private const int BufferedRecords = 25;

    private static readonly TableSpec Table = new(
        "table", Schema.Empty, [], [], ImmutableSortedDictionary<string, string>.Empty);

    private readonly IOperator _operator;
    private readonly SimulatedTransactions _writer;
    private readonly SimulatedTable _table;
    private readonly Fence _fence;
    private readonly List<SourceRecord> _buffer = [];
    private bool _hasTakenOver;

    private SimulatedSink(Simulation simulation, SubtaskDescriptor descriptor)
    {
        SubtaskId id = descriptor.Id;
        JobVertex vertex = descriptor.Graph.Vertices[id.Vertex];
        List<int>? replaced = descriptor.Region.IsEmpty
            ? null
            : [.. descriptor.Region.Where(s => s.Vertex == id.Vertex).Select(s => s.Index)];
        _table = simulation.Table;
        _fence = new Fence(Table, new ConnectorContext(
            id.JobId, vertex.Chain[0].Uid, id.Attempt, id.SubtaskIndex, vertex.Parallelism,
            TimeProvider.System, new MetricGroup())
        {
            ReplacedSubtasks = replaced,
        });
        _writer = new SimulatedTransactions(simulation, id, replaced);
        _operator = OperatorFactory.Create(vertex.Chain[0].Plan);
        _operator.Open(new OperatorContext
        {
            JobId = id.JobId,
            Attempt = id.Attempt,
            OperatorUid = vertex.Chain[0].Uid,
            OperatorName = vertex.Chain[0].Name,
            SubtaskIndex = id.SubtaskIndex,
            ReplacedSubtasks = replaced,
            Parallelism = vertex.Parallelism,
            MaxParallelism = KeyGroups.DefaultMaxParallelism,
            Time = new NoWaiting(),
            Mailbox = null!,
            Metrics = new MetricGroup(),
            Connectors = _writer,
        }, null!);
    }

    public static SimulatedSink Open(Simulation simulation, SubtaskDescriptor descriptor) =>
        new(simulation, descriptor);

    public void Restore(IEnumerable<byte[]> items) => _operator.Restore(new Items([.. items]));

    public void Take(SourceRecord record)
    {
        _operator.Process(0, new ColumnBatch(
            [FixedColumn<int>.Of([record.Split]), FixedColumn<int>.Of([record.Position])], 1));
        _buffer.Add(record);
        if (_buffer.Count == BufferedRecords) Write();
    }

    /// <summary>Writes what is buffered, if only that the attempt has taken over.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Fenced.</exception>
    public void Write()
    {
        _table.Flush(_fence, !_hasTakenOver, _buffer);
        _hasTakenOver = true;
        _buffer.Clear();
    }

    /// <returns>The items of its snapshot.</returns>
    public List<byte[]> Prepare(Barrier barrier)
    {
        Write();
        _writer.Preparing = barrier.Checkpoint;
        _operator.BeforeBarrier(barrier);
        var items = new Items([]);
        _operator.Snapshot(barrier.Checkpoint)?.WriteTo(items);
        return items.All;
    }

    public void OnComplete(CheckpointId checkpoint) => _operator.OnCheckpointComplete(checkpoint);

    public void Finish()
    {
        Write();
        _operator.Finish();
    }

    public void Dispose()
    {
        _operator.Dispose();
        _writer.Dispose();
    }

    /// <summary>Waits between two tries are over at once: the thread is the simulation's.</summary>
    private sealed class NoWaiting : TimeProvider
    {
        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer never = base.CreateTimer(
                static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            callback(state);
            return never;
        }
    }

    /// <summary>The items of the operator's state.</summary>
    private sealed class Items(List<byte[]> items) : IStateReader, IStateWriter
    {
        private const string State = "committable";

        public List<byte[]> All => items;

        public void ReadKeyed(KeyedStateEntry entry)
        {
        }

        public void ReadItems(StateItem item)
        {
            foreach (byte[] bytes in items) item(State, bytes);
        }

        public void Keyed(int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
            throw new NotSupportedException();

        public void Item(string state, ReadOnlySpan<byte> item) => items.Add(item.ToArray());
    }
}
