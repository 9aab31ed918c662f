namespace Millrace.TaskManager.Runtime;

/// <summary>Wakes the one thread that waits; a signal given while nobody waits is kept.</summary>
internal sealed class WakeSignal
{
    private readonly object _lock = new();
    private bool _set;

    public void Set()
    {
        lock (_lock)
        {
            _set = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>
    /// Returns at once when the signal is set, else when it is set or the timeout has passed.
    /// </summary>
    public void Wait(TimeSpan timeout)
    {
        lock (_lock)
        {
            if (!_set) Monitor.Wait(_lock, timeout);
            _set = false;
        }
    }
}
