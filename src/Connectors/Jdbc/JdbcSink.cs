using System.Runtime.ExceptionServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Buffers rows and writes them in one transaction when there are enough, when the first has waited for the
/// interval, and at barriers and the end. Upserts and deletes by key are idempotent, so rows that a restart
/// brings again do no harm; without a primary key they come twice.
/// </summary>
internal sealed class JdbcSink : ISinkWriter
{
    private readonly JdbcOptions _options;
    private readonly JdbcDialect _dialect;
    private readonly TableSpec _table;
    private readonly TimeProvider _time;
    private readonly SinkChanges _changes;
    private readonly Counter _errors;
    private readonly Lock _lock = new();
    private readonly ITimer? _timer;
    private ISinkSession? _session;
    private ExceptionDispatchInfo? _failure;
    private long _oldest;

    public JdbcSink(JdbcOptions options, TableSpec table, ConnectorContext context)
    {
        _options = options;
        _dialect = JdbcDialect.For(options);
        _table = table;
        _time = context.Time;
        _changes = new SinkChanges(table.PrimaryKey);
        _errors = context.Metrics.Counter("numRecordsSendErrors");
        Retry(() => _session = _dialect.OpenSink(_options, _table));
        if (options.SinkFlushInterval > TimeSpan.Zero)
            _timer = _time.CreateTimer(
                _ => WriteOld(), null, options.SinkFlushInterval, options.SinkFlushInterval);
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
            WriteBuffer();
            Retry(() => _session?.MakeDurable());
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _changes.Clear();
            _session?.Dispose();
            _session = null;
        }
    }

    /// <summary>On the timer's thread: a failure is told to the next caller.</summary>
    private void WriteOld()
    {
        lock (_lock)
        {
            if (_failure is not null || _changes.BufferedRows == 0) return;
            if (_time.GetElapsedTime(_oldest) < _options.SinkFlushInterval) return;
            try
            {
                WriteBuffer();
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    private void WriteBuffer()
    {
        if (_changes.BufferedRows == 0) return;
        _changes.Reduce();
        Retry(() => (_session ??= _dialect.OpenSink(_options, _table)).Write(_changes));
        _changes.Clear();
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
                JdbcFailure failure = _dialect.Explain(e, _options);
                if (!failure.IsPassing || attempt >= _options.SinkRetries)
                    throw failure.ToException(_table.Name, e);
                Task.Delay(TimeSpan.FromSeconds(attempt), _time).GetAwaiter().GetResult();
            }
        }
    }
}
