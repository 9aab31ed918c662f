namespace Millrace.Shared.Membership;

/// <summary>What came back from an address that was asked for the cluster.</summary>
internal enum JoinReply
{
    /// <summary>Its port refuses: nothing runs there.</summary>
    Closed,

    /// <summary>No answer, or no node of ours: somebody may live there.</summary>
    Silent,

    /// <summary>A node that looks for a cluster itself.</summary>
    NoMember,

    /// <summary>A JobManager that is about to form a cluster.</summary>
    Forming,

    /// <summary>It is becoming a member, or leaving.</summary>
    NotNow,

    /// <summary>A member: it can be joined.</summary>
    Welcome,

    /// <summary>A node of another cluster or protocol.</summary>
    Refused,
}

/// <param name="Node">host:port.</param>
/// <param name="IsSeed">Configured, not only remembered.</param>
/// <param name="Reason">Of a refusal.</param>
/// <param name="ClusterId">Of a member.</param>
internal sealed record JoinHeard(
    string Node, bool IsSeed, JoinReply Reply, string Reason = "", string ClusterId = "");

/// <summary>What a node that has no cluster yet knows.</summary>
/// <param name="Self">host:port.</param>
/// <param name="IsFirst">It has no seeds, or is the first of them.</param>
/// <param name="ClusterId">Of its folder; empty: the folder is new.</param>
/// <param name="IsForming">It holds the lock and has told so whoever asked before the replies came.</param>
internal sealed record JoinSituation(
    string Self, bool IsJobManager, bool IsFirst, string ClusterId, bool IsForming,
    IReadOnlyList<JoinHeard> Heard);

/// <summary>What the node does next.</summary>
internal abstract record JoinStep
{
    private JoinStep()
    {
    }

    /// <param name="Members">All of one cluster.</param>
    internal sealed record Join(IReadOnlyList<string> Members, string ClusterId) : JoinStep;

    /// <summary>Take the lock, say so, and ask everyone again.</summary>
    internal sealed record Announce : JoinStep;

    /// <summary>Form the cluster: a new one, or the folder's again after all its members have ended.</summary>
    internal sealed record Form : JoinStep;

    /// <summary>Ask again later.</summary>
    internal sealed record Wait(string Reason) : JoinStep;

    /// <summary>End with this sentence.</summary>
    internal sealed record GiveUp(string Reason) : JoinStep;
}

/// <summary>
/// How a node finds its cluster, such that there is never a second one beside it.
/// </summary>
/// <remarks>
/// <para>Any member lets a node in. Forming is the exception: only a JobManager does it, when its folder names a
/// cluster (all of it has ended and comes back) or it is the first seed of a new one, and only when nobody can be
/// alive at any address that it knows: each refuses, or belongs to a node that has no cluster either. Someone who
/// is merely silent may be a living cluster, so it is waited for.</para>
/// <para>Two that would form at the same time: a lock in the folder that they share lets one through. Where
/// they share no folder, each announces that it forms before it asks a last time, so at least one of them sees
/// the other; the lower address goes on.</para>
/// </remarks>
internal static class JoinDecision
{
    public static JoinStep Decide(JoinSituation s)
    {
        List<JoinHeard> members =
            [.. s.Heard.Where(h => h.Reply == JoinReply.Welcome && IsOurs(s, h))];
        if (members.Count > 0)
        {
            string id = members[0].ClusterId;
            return new JoinStep.Join([.. members.Where(m => m.ClusterId == id).Select(m => m.Node)], id);
        }
        if (s.Heard.FirstOrDefault(h => h.IsSeed && h.Reply == JoinReply.Refused) is { } refused)
            return new JoinStep.GiveUp($"{refused.Node} refuses this node: {refused.Reason}");
        if (s.Heard.FirstOrDefault(h => h.Reply == JoinReply.Welcome) is { } other)
            return new JoinStep.GiveUp(
                $"This node's folder belongs to cluster {s.ClusterId}, {other.Node} to {other.ClusterId}.");
        if (!s.IsJobManager) return new JoinStep.Wait(Describe(s));
        if (s.ClusterId.Length == 0 && !s.IsFirst)
            return new JoinStep.Wait($"{Describe(s)}; only the first seed forms a new cluster");
        return Blocker(s) is { } blocker ? new JoinStep.Wait(blocker)
            : s.IsForming ? new JoinStep.Form()
            : new JoinStep.Announce();
    }

    /// <summary>For people: what came of each address.</summary>
    private static string Describe(JoinSituation s) => s.Heard.Count == 0
        ? "no address of a member is known; set cluster.seeds"
        : "no member answers: " + string.Join(", ", s.Heard.Select(h => $"{h.Node} {Word(h.Reply)}"));

    private static string Word(JoinReply reply) => reply switch
    {
        JoinReply.Closed => "refuses",
        JoinReply.Silent => "is silent",
        JoinReply.Forming => "is forming the cluster",
        JoinReply.NotNow => "is joining or leaving",
        JoinReply.Refused => "belongs to another cluster",
        _ => "has no cluster itself",
    };

    /// <summary>Only JobManagers keep state that belongs to one cluster.</summary>
    private static bool IsOurs(JoinSituation s, JoinHeard member) =>
        !s.IsJobManager || s.ClusterId.Length == 0 || s.ClusterId == member.ClusterId;

    private static string? Blocker(JoinSituation s)
    {
        foreach (JoinHeard heard in s.Heard)
        {
            switch (heard.Reply)
            {
                case JoinReply.Silent:
                    return $"{heard.Node} does not answer but does not refuse either; if it is gone for good, remove "
                        + "it from the seeds and from the files named 'members'";
                case JoinReply.NotNow: return $"{heard.Node} is joining or leaving a cluster";
                case JoinReply.Forming when string.CompareOrdinal(heard.Node, s.Self) < 0 || !s.IsForming:
                    return $"{heard.Node} is forming the cluster";
                default: break;
            }
        }
        return null;
    }
}
