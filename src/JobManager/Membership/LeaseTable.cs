namespace Millrace.JobManager.Membership;

/// <summary>
/// How long the leading JobManager may believe that a TaskManager runs what it was given: each renewal that
/// it receives is good for one length. A TaskManager counts a shorter one (<see cref="TaskManagerLength"/>)
/// from when it sent the renewal, which is earlier, so it has stopped before its work is started elsewhere.
/// Instants are of one monotonic clock.
/// </summary>
/// <param name="length">Zero: leases never run out.</param>
internal sealed class LeaseTable(TimeSpan length)
{
    /// <summary>How often <see cref="TakeRunOut"/> is to be asked.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Longer between two looks means that this process stood still: renewals may wait unread, so all leases
    /// count anew.
    /// </summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Renewals come every eighth of a lease and heartbeats every 500 ms, and a pause of this process is known
    /// as one from <see cref="LongestGap"/> on: a lease that is hardly longer ends for nothing.
    /// </summary>
    public static readonly TimeSpan Shortest = 2 * LongestGap;

    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    private TimeSpan? _lastLook;
    private TimeSpan _resumedAt;

    /// <summary>What a TaskManager is told; zero: none.</summary>
    public TimeSpan TaskManagerLength => length * 4 / 5;

    /// <summary>Whether the node is known as another incarnation than this one.</summary>
    public bool KnowsOther(string node, long incarnation) =>
        _leases.TryGetValue(node, out Lease lease) && lease.Incarnation != incarnation;

    /// <summary>The node has registered; whatever lease it had is replaced.</summary>
    public void Grant(string node, long incarnation, TimeSpan now) =>
        _leases[node] = new Lease(incarnation, now, IsLast: false);

    /// <returns>False: the node has no lease to renew, it must stop its work and register.</returns>
    public bool Renew(string node, long incarnation, TimeSpan now)
    {
        if (!_leases.TryGetValue(node, out Lease lease) || lease.IsLast || lease.Incarnation != incarnation)
            return false;
        _leases[node] = lease with { RenewedAt = now };
        return true;
    }

    /// <summary>The node's lease is not renewed any more; it runs out or ends.</summary>
    /// <returns>Whether there is one that can run out.</returns>
    public bool LetRunOut(string node)
    {
        if (length == TimeSpan.Zero || !_leases.TryGetValue(node, out Lease lease)) return false;
        _leases[node] = lease with { IsLast = true };
        return true;
    }

    public void End(string node) => _leases.Remove(node);

    /// <summary>The nodes whose leases have run out; they have none from now on.</summary>
    public IReadOnlyList<string> TakeRunOut(TimeSpan now)
    {
        if (_lastLook is { } last && now - last > LongestGap) _resumedAt = now;
        _lastLook = now;
        if (length == TimeSpan.Zero || now - _resumedAt < length) return [];
        List<string> runOut = [.. _leases.Where(l => now - l.Value.RenewedAt >= length).Select(l => l.Key)];
        foreach (string node in runOut) _leases.Remove(node);
        return runOut;
    }

    private readonly record struct Lease(long Incarnation, TimeSpan RenewedAt, bool IsLast);
}
