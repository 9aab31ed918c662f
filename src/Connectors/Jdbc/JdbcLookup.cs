using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// A dimension table in a database: many keys a statement, on pooled connections, off the subtask's thread.
/// What may pass is tried again after 0, 1, 2, … seconds.
/// </summary>
internal sealed class JdbcLookup : ILookup
{
    private const int StatementsInOneCall = 4;

    private readonly JdbcOptions _options;
    private readonly JdbcDialect _dialect;
    private readonly TableSpec _table;
    private readonly LookupSpec _lookup;
    private readonly TimeProvider _time;
    private readonly SessionPool<ILookupSession> _pool;

    // Not disposed: what is under way has its token.
    private readonly CancellationTokenSource _end = new();

    public JdbcLookup(JdbcOptions options, TableSpec table, LookupSpec lookup, TimeProvider time)
    {
        _options = options;
        _dialect = JdbcDialect.For(options);
        _table = table;
        _lookup = lookup;
        _time = time;
        _pool = new SessionPool<ILookupSession>(
            () => _dialect.OpenLookup(options, table, lookup, _end.Token),
            options.PoolMaxSize, options.PoolMaxIdle, time);
        if (options.PoolInitialSize > 0) _ = Task.Run(Warm);
    }

    public int MaxKeys => StatementsInOneCall * _dialect.MaxLookupKeys;

    public Task<LookupResult> LookupAsync(ColumnBatch keys, CancellationToken cancel) =>
        Task.Run(() => AskAsync(keys, cancel), cancel);

    /// <summary>The database may be slow: what asks it ends on its own threads.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _pool.Dispose();
    }

    private async Task<LookupResult> AskAsync(ColumnBatch keys, CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                LookupResult? result = null;
                await _pool.RunAsync(session => result = Ask(session, keys), cancel);
                return result!;
            }
            catch (Exception e) when (e is not (MillraceException or OperationCanceledException))
            {
                cancel.ThrowIfCancellationRequested();
                _end.Token.ThrowIfCancellationRequested();
                JdbcFailure failure = _dialect.Explain(e, _options);
                if (!failure.IsPassing || attempt >= _options.LookupRetries)
                    throw failure.ToException(_table.Name, e);
                await Task.Delay(TimeSpan.FromSeconds(attempt), _time, cancel);
            }
        }
    }

    private LookupResult Ask(ILookupSession session, ColumnBatch keys)
    {
        var rows = new RowReader(_table, _lookup.OutputColumns, firstOrdinal: 1);
        var keyRows = new List<int>(keys.RowCount);
        for (int first = 0; first < keys.RowCount; first += _dialect.MaxLookupKeys)
        {
            int count = Math.Min(_dialect.MaxLookupKeys, keys.RowCount - first);
            session.Lookup(keys, first, count, rows, keyRows);
        }
        return new LookupResult(rows.Build(), [.. keyRows]);
    }

    private void Warm()
    {
        try
        {
            _pool.Warm(_options.PoolInitialSize);
        }
        catch (Exception)
        {
            // The first lookup meets the same failure, and tells it.
        }
    }
}
