using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Actions of other threads and timers for a subtask's own thread. Adding wakes the subtask.
/// </summary>
internal sealed class Mailbox(TimeProvider time, Action wake) : IMailbox, IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Timer> _timers = [];
    private Queue<Action> _actions = new();
    private Queue<Action> _running = new();
    private bool _closed;

    public void Post(Action action)
    {
        lock (_lock)
        {
            if (_closed) return;
            _actions.Enqueue(action);
        }
        wake();
    }

    public IDisposable Schedule(TimeSpan delay, Action action)
    {
        var timer = new Timer(this, action);
        lock (_lock)
        {
            if (_closed) return timer;
            _timers.Add(timer);
        }
        timer.Start(time, delay);
        return timer;
    }

    /// <summary>Runs the actions that are there now.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Run()
    {
        lock (_lock)
        {
            if (_actions.Count == 0) return false;
            (_actions, _running) = (_running, _actions);
        }
        while (_running.TryDequeue(out Action? action)) action();
        return true;
    }

    /// <summary>Drops what is there and takes nothing more.</summary>
    public void Dispose()
    {
        Timer[] timers;
        lock (_lock)
        {
            _closed = true;
            _actions.Clear();
            timers = [.. _timers];
        }
        foreach (Timer timer in timers) timer.Dispose();
    }

    private sealed class Timer(Mailbox mailbox, Action action) : IDisposable
    {
        private ITimer? _timer;
        private volatile bool _disposed;

        public void Start(TimeProvider time, TimeSpan delay)
        {
            _timer = time.CreateTimer(_ => mailbox.Post(Fire), null, delay, Timeout.InfiniteTimeSpan);
            if (_disposed) _timer.Dispose();
        }

        public void Dispose()
        {
            _disposed = true;
            _timer?.Dispose();
            lock (mailbox._lock) mailbox._timers.Remove(this);
        }

        private void Fire()
        {
            if (_disposed) return;
            Dispose();
            action();
        }
    }
}
