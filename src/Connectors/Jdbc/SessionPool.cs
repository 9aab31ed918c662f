namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Open sessions kept for the next use: at most <c>maxSize</c> at a time, closed when nobody has used them
/// for the idle time. Thread-safe.
/// </summary>
internal sealed class SessionPool<T> : IDisposable where T : class, IJdbcSession
{
    private readonly Func<T> _open;
    private readonly TimeSpan _maxIdle;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room;
    private readonly Stack<(T Session, long Since)> _idle = new();
    private readonly ITimer? _timer;
    private bool _isClosed;

    public SessionPool(Func<T> open, int maxSize, TimeSpan maxIdle, TimeProvider time)
    {
        _open = open;
        _maxIdle = maxIdle;
        _time = time;
        _room = new SemaphoreSlim(maxSize, maxSize);
        if (maxIdle > TimeSpan.Zero) _timer = time.CreateTimer(_ => CloseIdle(), null, maxIdle, maxIdle);
    }

    /// <summary>Sessions that wait for use.</summary>
    public int IdleCount
    {
        get
        {
            lock (_idle) return _idle.Count;
        }
    }

    /// <summary>Opens sessions beforehand.</summary>
    public void Warm(int count)
    {
        for (int i = IdleCount; i < count; i++) Keep(_open());
    }

    /// <summary>Runs the action with a session of its own; one that fails is closed.</summary>
    public async Task RunAsync(Action<T> action, CancellationToken cancel)
    {
        await _room.WaitAsync(cancel);
        try
        {
            T session = Take() ?? _open();
            try
            {
                action(session);
            }
            catch
            {
                session.Dispose();
                throw;
            }
            Keep(session);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_idle)
        {
            _isClosed = true;
            while (_idle.TryPop(out (T Session, long) kept)) kept.Session.Dispose();
        }
    }

    private T? Take()
    {
        lock (_idle) return _idle.TryPop(out (T Session, long) kept) ? kept.Session : null;
    }

    private void Keep(T session)
    {
        lock (_idle)
        {
            if (_isClosed) session.Dispose();
            else _idle.Push((session, _time.GetTimestamp()));
        }
    }

    private void CloseIdle()
    {
        lock (_idle)
        {
            // The stack has the ones used longest ago at its end.
            (T Session, long Since)[] kept = [.. _idle];
            _idle.Clear();
            foreach ((T session, long since) in kept.Reverse())
                if (_time.GetElapsedTime(since) >= _maxIdle) session.Dispose();
                else _idle.Push((session, since));
        }
    }
}
