using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Benchmarks.Runtime;

/// <summary>
/// A source that lends the same prepared batches in rotation, as cheap as a source can be, and a sink that
/// adds up what it is given, so that a wrong result is noticed.
/// </summary>
/// <param name="batches">In rotation, so that no branch predictor or cache learns them by heart.</param>
/// <param name="events">Rows to give.</param>
internal sealed class MemoryTables(ColumnBatch[] batches, long events) : IConnectorRegistry, IConnector
{
    private long _sum;
    private long _rows;

    public string Name => "memory";

    /// <summary>
    /// The sum of all BIGINT columns of the rows written, deletes and updates before taken away.
    /// </summary>
    public long Sum => Volatile.Read(ref _sum);

    /// <summary>Rows written, of any kind.</summary>
    public long Rows => Volatile.Read(ref _rows);

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table) => new(CanScan: true, CanSink: true, AcceptsUpdates: true);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new Source(batches, events, [.. scan.Columns.Select(c => ((PhysicalScanColumn)c).Index)]);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => new Sink(this);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException("The benchmarks' tables are not looked up.");

    private sealed class Source(ColumnBatch[] batches, long events, int[] columns) : ISourceConnector
    {
        public IReadOnlyList<string> Splits() => ["all"];

        public ISplitReader Open(string split, byte[]? position) => new Split(batches, events, columns);

        public void Dispose()
        {
        }
    }

    private sealed class Split(ColumnBatch[] batches, long events, int[] columns) : ISplitReader
    {
        private long _given;
        private int _next;

        public byte[] Position => BitConverter.GetBytes(_given);

        public long RemainingBytes => -1;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            batch = null;
            if (_given >= events) return SplitState.Ended;
            ColumnBatch whole = batches[_next];
            _next = (_next + 1) % batches.Length;
            batch = new ColumnBatch([.. columns.Select(c => whole.Columns[c].Retain())], whole.RowCount);
            _given += whole.RowCount;
            return SplitState.HasRows;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Sink(MemoryTables tables) : ISinkWriter
    {
        public void Write(ColumnBatch batch)
        {
            long sum = 0;
            foreach (Column column in batch.Columns)
                if (column is FixedColumn<long> numbers)
                    sum += System.Numerics.Tensors.TensorPrimitives.Sum(numbers.Values);
            Volatile.Write(ref tables._sum, tables._sum + sum);
            Volatile.Write(ref tables._rows, tables._rows + batch.RowCount);
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
