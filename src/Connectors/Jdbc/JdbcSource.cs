using System.Buffers.Binary;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// A bounded scan of a whole table: one split, whose position is the number of rows read. It goes on after a
/// restart where the table has not changed meanwhile.
/// </summary>
internal sealed class JdbcSource : ISourceConnector
{
    private readonly JdbcOptions _options;
    private readonly JdbcDialect _dialect;
    private readonly TableSpec _table;
    private readonly int[] _columns;
    private readonly CancellationToken _cancel;

    /// <param name="cancel">Ends waits for the database; then they fail in any way.</param>
    public JdbcSource(JdbcOptions options, TableSpec table, ScanSpec scan, CancellationToken cancel)
    {
        _cancel = cancel;
        _options = options;
        _dialect = JdbcDialect.For(options);
        _table = table;
        _columns = [.. scan.Columns.Cast<PhysicalScanColumn>().Select(c => c.Index)];
    }

    public IReadOnlyList<string> Splits() => [_options.TableName];

    public ISplitReader Open(string split, byte[]? position)
    {
        long skip = position is null ? 0 : BinaryPrimitives.ReadInt64LittleEndian(position);
        return new Reader(this, skip);
    }

    public void Dispose()
    {
    }

    private sealed class Reader(JdbcSource source, long skip) : ISplitReader
    {
        private readonly RowReader _rows = new(source._table, source._columns, firstOrdinal: 0);
        private RowCursor? _cursor;
        private long _read = skip;

        public byte[] Position
        {
            get
            {
                var position = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(position, _read);
                return position;
            }
        }

        public long RemainingBytes => -1;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            try
            {
                _cursor ??= source._dialect.Scan(
                    source._options, source._table, source._columns, _read, source._cancel);
                while (_rows.RowCount < maxRows && _cursor.Read()) _rows.Append(_cursor);
            }
            catch (Exception e) when (e is not (MillraceException or OperationCanceledException))
            {
                throw source._dialect.Explain(e, source._options).ToException(source._table.Name, e);
            }
            batch = null;
            if (_rows.RowCount == 0) return SplitState.Ended;
            _read += _rows.RowCount;
            batch = _rows.Build();
            return SplitState.HasRows;
        }

        public void Dispose() => _cursor?.Dispose();
    }
}
