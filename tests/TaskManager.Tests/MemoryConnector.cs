using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.TaskManager.Tests;

/// <summary>
/// A source of numbers in splits and a sink that keeps what was flushed, for tests of the runtime. Split s
/// holds the rows (key, s * 1,000,000 + i).
/// </summary>
internal sealed class MemoryConnector(int splits, int rowsPerSplit) : IConnectorRegistry, IConnector
{
    public static readonly Schema Schema = Schema.Of(
        new Field("key", LogicalType.BigInt), new Field("sequence", LogicalType.BigInt));

    private static readonly TableSpec Table =
        new("memory", Schema, [], [], ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>What sinks have flushed, in order per subtask.</summary>
    public ConcurrentQueue<(int Subtask, long Key, long Sequence)> Flushed { get; } = new();

    /// <summary>Makes every read fail from the row with this number on.</summary>
    public long? FailsAt { get; set; }

    /// <summary>Splits wait instead of ending while this holds.</summary>
    public volatile bool IsUnbounded;

    public string Name => "memory";

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table) => new(CanScan: true, CanSink: true);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new Source(this);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        new Sink(this, context.SubtaskIndex);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException();

    /// <summary>source -> exchange -> sink.</summary>
    public static JobGraph Graph(int sources, int sinks, ExchangeKind kind = ExchangeKind.Hash)
    {
        ImmutableArray<ScanColumn> columns =
            [.. Schema.Fields.Select((f, i) => new PhysicalScanColumn(i, f.Name, f.Type))];
        ImmutableArray<Expr> outputs = [.. Schema.Fields.Select((f, i) => new InputRef(i, f.Type))];
        var source = new OperatorNode(
            "source", "memory", new SourcePlan(Table, new ScanSpec(columns, []), outputs, null), Schema);
        var sink = new OperatorNode(
            "sink", "memory", new SinkPlan(Table, NotNullEnforcer.Error), Schema.Empty);
        return new JobGraph("test", 128, "UTC",
            [new JobVertex("source", "source", sources, [source]),
                new JobVertex("sink", "sink", sinks, [sink])],
            [new JobEdge(0, 1, 0, kind, [0])]);
    }

    private sealed class Source(MemoryConnector connector) : ISourceConnector
    {
        public IReadOnlyList<string> Splits() =>
            [.. Enumerable.Range(0, connector.SplitCount)
                .Select(i => i.ToString(CultureInfo.InvariantCulture))];

        public ISplitReader Open(string split, byte[]? position) =>
            new Split(connector, int.Parse(split, CultureInfo.InvariantCulture),
                position is null ? 0 : BitConverter.ToInt64(position));

        public void Dispose() { }
    }

    public int SplitCount => splits;

    private sealed class Split(MemoryConnector connector, int split, long next) : ISplitReader
    {
        public byte[] Position => BitConverter.GetBytes(next);

        public long RemainingBytes => 8 * (connector.RowsPerSplit - next);

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            batch = null;
            if (connector.FailsAt is { } at && next >= at) throw new IOException("the disk is gone");
            int count = (int)Math.Min(Math.Min(maxRows, 100), connector.RowsPerSplit - next);
            if (count == 0) return connector.IsUnbounded ? SplitState.Waiting : SplitState.Ended;
            long[] keys = new long[count];
            long[] sequence = new long[count];
            for (int i = 0; i < count; i++)
            {
                keys[i] = (next + i) % 17;
                sequence[i] = (split * 1_000_000L) + next + i;
            }
            next += count;
            batch = new ColumnBatch([FixedColumn<long>.Of(keys), FixedColumn<long>.Of(sequence)], count);
            return SplitState.HasRows;
        }

        public void Dispose() { }
    }

    public int RowsPerSplit => rowsPerSplit;

    private sealed class Sink(MemoryConnector connector, int subtask) : ISinkWriter
    {
        private readonly List<(int, long, long)> _buffer = [];

        public void Write(ColumnBatch batch)
        {
            var keys = (FixedColumn<long>)batch.Columns[0];
            var sequence = (FixedColumn<long>)batch.Columns[1];
            for (int i = 0; i < batch.RowCount; i++) _buffer.Add((subtask, keys[i], sequence[i]));
        }

        public void Flush()
        {
            foreach (var row in _buffer) connector.Flushed.Enqueue(row);
            _buffer.Clear();
        }

        public void Dispose() { }
    }
}
