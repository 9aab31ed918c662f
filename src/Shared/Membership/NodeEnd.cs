namespace Millrace.Shared.Membership;

/// <summary>Why a node's membership is over.</summary>
public enum NodeEndReason
{
    /// <summary>It was asked to stop and has left in order.</summary>
    Left,

    /// <summary>It can't be a member of this cluster; nothing was started.</summary>
    Refused,

    /// <summary>The others went on without it, or it found itself cut off from them.</summary>
    Removed,
}

/// <summary>The end of a node's membership, for the program that hosts it; told once.</summary>
/// <param name="Sentence">For people; empty for an orderly end.</param>
public sealed record NodeEnd(NodeEndReason Reason, string Sentence)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => Reason switch
    {
        NodeEndReason.Left => 0,
        NodeEndReason.Refused => 1,
        _ => 3,
    };
}
