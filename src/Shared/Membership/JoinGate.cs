using Akka.Actor;
using Akka.Cluster;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Membership;

/// <summary>How far a node is on its way into a cluster; written by <see cref="ClusterJoin"/>.</summary>
internal sealed class JoinPhase
{
    private volatile bool _isForming;

    public bool IsForming
    {
        get => _isForming;
        set => _isForming = value;
    }
}

/// <summary>Answers nodes that look for a cluster. One actor per node.</summary>
internal sealed class JoinGate : ReceiveActor
{
    public const string Name = "join";

    /// <summary>Rises when nodes of two versions can't work together.</summary>
    public const int Protocol = 1;

    private readonly string _clusterName;
    private readonly ClusterRecord _record;
    private readonly JoinPhase _phase;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public JoinGate(string clusterName, ClusterRecord record, JoinPhase phase)
    {
        _clusterName = clusterName;
        _record = record;
        _phase = phase;
        Receive<AskToJoin>(ask =>
        {
            Sender.Tell(Answer(ask));
            if (JoinConnection.IsHeldBackHere(ask.Silences))
                JoinConnection.HangUp(Context.System, Sender.Path.Address);
            Context.System.EventStream.Publish(new NodeReplaced(ask.Node, ask.Uid));
        });
    }

    /// <summary>Why the node can't be let in; null: it can.</summary>
    public static string? Refusal(AskToJoin ask, string clusterName, string clusterId)
    {
        if (ask.Protocol != Protocol)
            return $"it speaks protocol {ask.Protocol}, this cluster {Protocol}";
        if (ask.Cluster != clusterName)
            return $"it belongs to cluster '{ask.Cluster}', this is '{clusterName}'";
        return ask.JobManager && ask.ClusterId.Length > 0 && clusterId.Length > 0 && ask.ClusterId != clusterId
            ? $"its folder holds the jobs of another cluster ({ask.ClusterId}, this is {clusterId})"
            : null;
    }

    private JoinAnswer Answer(AskToJoin ask)
    {
        if (Refusal(ask, _clusterName, _record.Id) is { } reason)
            return new JoinAnswer { Kind = JoinAnswerKind.JoinRefused, Reason = reason };
        JoinAnswerKind kind = _phase.IsForming
            ? JoinAnswerKind.JoinForming
            : KindOf(_cluster.State.Members.FirstOrDefault(
                m => m.UniqueAddress == _cluster.SelfUniqueAddress)?.Status);
        return new JoinAnswer { Kind = kind, ClusterId = _record.Id };
    }

    private static JoinAnswerKind KindOf(MemberStatus? status) => status switch
    {
        MemberStatus.Up or MemberStatus.WeaklyUp => JoinAnswerKind.JoinWelcome,
        MemberStatus.Joining or MemberStatus.Leaving or MemberStatus.Exiting => JoinAnswerKind.JoinNotNow,
        _ => JoinAnswerKind.JoinNoMember,
    };
}
