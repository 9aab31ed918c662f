namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>How long a connection waits for a lock that another one holds; one thread at a time.</summary>
/// <param name="limit">The sum of the waits for one lock.</param>
/// <param name="cancel">Ends the waits early.</param>
internal sealed class BusyWait(TimeSpan limit, CancellationToken cancel)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(25);

    private TimeSpan _waited;

    /// <summary>Whether SQLite is told at once that a lock is taken.</summary>
    public bool IsOff { get; set; }

    /// <summary>Waits a little.</summary>
    /// <param name="earlier">Waits for the same lock before this one.</param>
    /// <returns>Whether to try again.</returns>
    public bool Again(int earlier)
    {
        if (earlier == 0) _waited = TimeSpan.Zero;
        if (_waited >= limit) return false;
        TimeSpan delay = TimeSpan.FromMilliseconds(1 << Math.Min(earlier, 5));
        if (delay > Longest) delay = Longest;
        _waited += delay;
        return !cancel.WaitHandle.WaitOne(delay);
    }
}
