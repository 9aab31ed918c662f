using System.Buffers.Binary;
using System.Globalization;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.DataGen;

/// <summary>
/// The splits of a <c>datagen</c> table: as many whatever the parallelism, so that positions stay good.
/// </summary>
internal sealed class DataGenSource(DataGenPlan plan, ScanSpec scan, ConnectorContext context)
    : ISourceConnector
{
    public IReadOnlyList<string> Splits() =>
        [.. Enumerable.Range(0, plan.SplitCount).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    public ISplitReader Open(string split, byte[]? position) => new Reader(
        plan, scan, int.Parse(split, CultureInfo.InvariantCulture),
        position is null ? 0 : BinaryPrimitives.ReadInt64LittleEndian(position), context.Time);

    public void Dispose()
    {
    }

    private sealed class Reader : ISplitReader
    {
        private readonly DataGenPlan _plan;
        private readonly FieldGenerator[] _fields;
        private readonly BatchBuilder _rows;
        private readonly TimeProvider _time;
        private readonly int _split;
        private readonly long _rowCount, _firstNumber, _startedAt;
        private long _number;

        public Reader(DataGenPlan plan, ScanSpec scan, int split, long number, TimeProvider time)
        {
            _plan = plan;
            _split = split;
            _time = time;
            _fields = [.. scan.Columns.Select(c => plan.Fields[((PhysicalScanColumn)c).Index])];
            _rows = new BatchBuilder(scan.Output);
            _rowCount = (plan.RowCount - split + plan.SplitCount - 1) / plan.SplitCount;
            if (plan.RowCount == long.MaxValue) _rowCount = long.MaxValue / plan.SplitCount;
            _firstNumber = _number = number;
            _startedAt = time.GetTimestamp();
        }

        public byte[] Position
        {
            get
            {
                byte[] position = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(position, _number);
                return position;
            }
        }

        public long RemainingBytes => -1;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            batch = null;
            if (_number >= _rowCount) return SplitState.Ended;
            int rows = (int)Math.Min(Math.Min(maxRows, _rowCount - _number), DueRows());
            if (rows <= 0) return SplitState.Waiting;
            long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            for (int i = 0; i < rows; i++, _number++)
            {
                for (int f = 0; f < _fields.Length; f++)
                    _fields[f].Append(_number * _plan.SplitCount + _split, nowMs, _rows.Columns[f]);
                _rows.EndRow();
            }
            batch = _rows.Build();
            return SplitState.HasRows;
        }

        public void Dispose()
        {
        }

        /// <summary>Rows that the rate allows now, counted from the opening; the first at once.</summary>
        private long DueRows()
        {
            double seconds = _time.GetElapsedTime(_startedAt).TotalSeconds;
            double due = Math.Min(long.MaxValue / 2.0, seconds * _plan.RowsPerSecond / _plan.SplitCount);
            return (long)due + 1 - (_number - _firstNumber);
        }
    }
}
