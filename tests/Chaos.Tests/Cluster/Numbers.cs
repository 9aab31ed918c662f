using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// An endless table: each split holds the rows (n % <see cref="Keys"/>, n) for n = 0, 1, …, until the test ends
/// it where it has been read to. So it is known what the sums over it must be.
/// </summary>
internal sealed class Numbers
{
    public const int Keys = 8;
    public const int Splits = 4;
    private const int RowsARead = 10;
    private const int Nobody = -1;

    /// <summary>Between two reads of a split: a busy machine has other things to do.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly long[] _read = new long[Splits];
    private readonly long[] _opened = new long[Splits];
    private readonly TaskCompletionSource _released = new();
    private readonly TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held = Nobody;
    private bool _hasEnded;

    /// <summary>
    /// The next read of the split, one, lasts until <see cref="Release"/>, also where its subtask is told to
    /// stop.
    /// </summary>
    /// <returns>Ends when a subtask is in it.</returns>
    public Task Hold(int split)
    {
        Volatile.Write(ref _held, split);
        return _holding.Task;
    }

    public void Release()
    {
        Volatile.Write(ref _held, Nobody);
        _released.TrySetResult();
    }

    /// <summary>Rows before those where the last attempt has begun.</summary>
    public long RestoredRows
    {
        get
        {
            lock (_lock) return _opened.Sum();
        }
    }

    /// <summary>Nothing comes any more that nobody has read yet.</summary>
    public void End()
    {
        lock (_lock) _hasEnded = true;
    }

    /// <summary>(key, count, sum), by key; once it has ended.</summary>
    public IReadOnlyList<(long Key, long Count, long Sum)> Sums()
    {
        lock (_lock)
        {
            return
            [
                .. from read in _read
                   from n in Enumerable.Range(0, (int)read)
                   group (long)n by n % Keys into key
                   orderby key.Key
                   select ((long)key.Key, key.LongCount(), key.Sum()),
            ];
        }
    }

    private void WaitWhileHeld(int split)
    {
        if (Interlocked.CompareExchange(ref _held, Nobody, split) != split) return;
        _holding.TrySetResult();
        _released.Task.Wait();
    }

    /// <summary>Rows that may be read after the first <paramref name="next"/>.</summary>
    /// <param name="rested">Since the last read. What was read before comes without a rest.</param>
    /// <returns>Null: none now.</returns>
    private int? Take(int split, long next, int most, TimeSpan rested)
    {
        lock (_lock)
        {
            long again = _read[split] - next;
            if (again > 0 || _hasEnded) return (int)Math.Min(most, again);
            if (rested < Rest) return null;
            int count = Math.Min(most, RowsARead);
            _read[split] = next + count;
            return count;
        }
    }

    private sealed class Split(Numbers numbers, ScanSpec scan, TimeProvider time, int split, long next)
        : ISplitReader
    {
        private long _lastRead;

        public byte[] Position => BitConverter.GetBytes(next);

        public long RemainingBytes => -1;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            batch = null;
            numbers.WaitWhileHeld(split);
            if (numbers.Take(split, next, maxRows, time.GetElapsedTime(_lastRead)) is not { } count)
                return SplitState.Waiting;
            if (count == 0) return SplitState.Ended;
            _lastRead = time.GetTimestamp();
            long[] rows = [.. Enumerable.Range(0, count).Select(i => next + i)];
            next += count;
            batch = new ColumnBatch(
                [.. scan.Columns.Cast<PhysicalScanColumn>().Select(c => FixedColumn<long>.Of(
                    c.Index == 0 ? [.. rows.Select(n => n % Keys)] : rows))],
                count);
            return SplitState.HasRows;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>The connector <c>numbers</c>; a table's option <c>stream</c> names its numbers.</summary>
    public sealed class Connector : IConnector
    {
        private readonly ConcurrentDictionary<string, Numbers> _streams = new();

        public string Name => "numbers";

        public Numbers this[string stream] => _streams.GetOrAdd(stream, _ => new Numbers());

        public TableAbilities Check(TableSpec table) => new(CanScan: true);

        public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
            new Source(this[table.Option("stream")!], scan, context.Time);

        public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
            throw new NotSupportedException();

        public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
            throw new NotSupportedException();
    }

    private sealed class Source(Numbers numbers, ScanSpec scan, TimeProvider time) : ISourceConnector
    {
        public IReadOnlyList<string> Splits() =>
            [.. Enumerable.Range(0, Numbers.Splits).Select(i => i.ToString(CultureInfo.InvariantCulture))];

        public ISplitReader Open(string split, byte[]? position)
        {
            int index = int.Parse(split, CultureInfo.InvariantCulture);
            long next = position is null ? 0 : BitConverter.ToInt64(position);
            lock (numbers._lock) numbers._opened[index] = next;
            return new Split(numbers, scan, time, index, next);
        }

        public void Dispose()
        {
        }
    }
}
