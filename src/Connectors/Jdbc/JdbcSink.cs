using System.Runtime.ExceptionServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Buffers rows and writes them in one transaction when there are enough, when the first has waited for the
/// interval, and at barriers and the end. Upserts and deletes by key are idempotent, so rows that a restart
/// brings again do no harm; without a primary key they come twice. What an attempt writes after a newer one
/// is rejected (<see cref="Fence"/>).
/// </summary>
internal sealed class JdbcSink : ISinkWriter
{
    private readonly JdbcOptions _options;
    private readonly JdbcDialect _dialect;
    private readonly TableSpec _table;
    private readonly TimeProvider _time;
    private readonly SinkChanges _changes;
    private readonly Counter _errors;
    private readonly Fence? _fence;
    private readonly CancellationTokenSource _cancel;
    private readonly Lock _lock = new();
    private readonly ITimer? _timer;
    private ISinkSession? _session;
    private ExceptionDispatchInfo? _failure;
    private long _oldest;
    private long _lastWrite;
    private bool _hasWritten;
    private bool _isWritingOld;

    public JdbcSink(JdbcOptions options, TableSpec table, ConnectorContext context)
    {
        _options = options;
        _dialect = JdbcDialect.For(options);
        _table = table;
        _time = context.Time;
        _changes = new SinkChanges(table.PrimaryKey);
        _errors = context.Metrics.Counter("numRecordsSendErrors");
        _fence = options.SinkFencing ? new Fence(table, context) : null;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        Retry(() => _session = Open());
        if (options.SinkFlushInterval > TimeSpan.Zero)
            _timer = _time.CreateTimer(
                _ => StartWritingOld(), null, options.SinkFlushInterval, options.SinkFlushInterval);
    }

    public void Write(ColumnBatch batch)
    {
        lock (_lock)
        {
            _failure?.Throw();
            if (_changes.BufferedRows == 0) _oldest = _time.GetTimestamp();
            _changes.Add(batch);
            if (_changes.BufferedRows >= _options.SinkFlushRows) WriteBuffer();
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            _failure?.Throw();
            if (_changes.BufferedRows > 0 || MustWriteNothing) WriteBuffer();
            Retry(() => _session?.MakeDurable());
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        // Another thread may be waiting for a lock of the database.
        _cancel.Cancel();
        lock (_lock)
        {
            _changes.Clear();
            _session?.Dispose();
            _session = null;
        }
        _cancel.Dispose();
    }

    /// <summary>Whether a flush without rows is to take over, or to renew the fence's row.</summary>
    private bool MustWriteNothing => _fence is not null
        && (!_hasWritten || _time.GetElapsedTime(_lastWrite) > Fence.RenewedEvery);

    private ISinkSession Open() =>
        _dialect.OpenSink(_options, _table, new SinkOpening(_fence, !_hasWritten, _cancel.Token));

    /// <summary>What is buffered has waited for the interval.</summary>
    private bool IsOld => _failure is null && _changes.BufferedRows > 0
        && _time.GetElapsedTime(_oldest) >= _options.SinkFlushInterval;

    /// <summary>
    /// The threads of timers are few, and others need them (the lease of the process, the answers to its
    /// peers), so none of them waits for the database, nor for a thread that does.
    /// </summary>
    private void StartWritingOld()
    {
        if (!_lock.TryEnter()) return;
        try
        {
            if (_isWritingOld || !IsOld) return;
            _isWritingOld = true;
        }
        finally
        {
            _lock.Exit();
        }
        _ = Task.Factory.StartNew(
            WriteOld, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>On a thread of its own: a failure is told to the next caller.</summary>
    private void WriteOld()
    {
        lock (_lock)
        {
            try
            {
                if (IsOld) WriteBuffer();
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
            _isWritingOld = false;
        }
    }

    private void WriteBuffer()
    {
        _changes.Reduce();
        Retry(() => (_session ??= Open()).Write(_changes));
        _changes.Clear();
        _hasWritten = true;
        _lastWrite = _time.GetTimestamp();
    }

    /// <summary>Tries again, on a new connection, what may pass; waits 0, 1, 2, … seconds.</summary>
    private void Retry(Action action)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                action();
                return;
            }
            catch (Exception e) when (e is not MillraceException)
            {
                _errors.Add();
                _session?.Dispose();
                _session = null;
                _cancel.Token.ThrowIfCancellationRequested();
                JdbcFailure failure = _dialect.Explain(e, _options);
                if (!failure.IsPassing || failure.HasWaited || attempt >= _options.SinkRetries)
                    throw failure.ToException(_table.Name, e);
                Task.Delay(TimeSpan.FromSeconds(attempt), _time, _cancel.Token).GetAwaiter().GetResult();
            }
        }
    }
}
