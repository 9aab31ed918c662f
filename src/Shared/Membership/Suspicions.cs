namespace Millrace.Shared.Membership;

/// <summary>What is to be done about a suspected node.</summary>
internal enum Verdict
{
    /// <summary>It lives, or nothing can be known; the failure detector goes on watching.</summary>
    LeaveAlone,

    /// <summary>Its process has ended.</summary>
    Dead,

    /// <summary>Look again after <see cref="Suspicions.PauseBefore"/>.</summary>
    LookAgain,
}

/// <summary>
/// Which nodes are being looked at, at most one probe at a time each. The kernel closes a killed process's
/// sockets one after another, so a port that still accepts is tried a few times more.
/// </summary>
internal sealed class Suspicions
{
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(20),
        TimeSpan.FromMilliseconds(50),
        TimeSpan.FromMilliseconds(150),
        TimeSpan.FromMilliseconds(400),
    ];

    private readonly Dictionary<string, int> _looks = new(StringComparer.Ordinal);

    public int Count => _looks.Count;

    /// <returns>False when the node is being looked at already.</returns>
    public bool Begin(string node) => _looks.TryAdd(node, 0);

    /// <summary>After <see cref="Verdict.LookAgain"/>: so long until the next probe.</summary>
    public TimeSpan PauseBefore(string node) => Pauses[_looks[node] - 1];

    /// <summary>A probe's result; the node is not suspected any more unless it is to be looked at
    /// again.</summary>
    public Verdict OnResult(string node, ProbeResult result)
    {
        if (!_looks.TryGetValue(node, out int looks)) return Verdict.LeaveAlone;
        if (result == ProbeResult.Connected && looks < Pauses.Length)
        {
            _looks[node] = looks + 1;
            return Verdict.LookAgain;
        }
        _looks.Remove(node);
        return result == ProbeResult.Refused ? Verdict.Dead : Verdict.LeaveAlone;
    }

    /// <summary>The node is no member any more.</summary>
    public void Forget(string node) => _looks.Remove(node);
}
