namespace Millrace.JobManager.Membership;

/// <summary>
/// What a new leader must assume of the leases that its predecessor granted: none outlasts one length after
/// the new leader's start, as TaskManagers that are members do not hear a leader that no longer is one. Until
/// then a TaskManager that is still a member but has not registered here may run an attempt that this leader
/// knows only from the journal.
/// </summary>
/// <param name="end">When the last of them has run out, by the leader's monotonic clock.</param>
internal sealed class EarlierLeases(TimeSpan end)
{
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);

    /// <summary>
    /// The node obeys this leader now, or is dead: what it ran for another one is no concern any more.
    /// </summary>
    public void Settle(string node) => _settled.Add(node);

    /// <summary>Those that may still run what an earlier leader gave them.</summary>
    public IReadOnlyList<string> Unsettled(
        IEnumerable<string> nodes, TimeSpan now, Func<string, bool> isMember) =>
        now >= end ? [] : [.. nodes.Where(n => !_settled.Contains(n) && isMember(n))];
}
