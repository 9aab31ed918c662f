using System.Collections.Concurrent;
using System.Text;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>What happens to what one node sends to another; the other direction is another link.</summary>
internal sealed class FaultyLink
{
    private readonly ConcurrentDictionary<string, int> _lost = [];

    /// <summary>
    /// Everything is swallowed without a word: sockets stay open and ports answer, as with a pulled cable.
    /// </summary>
    public bool IsCut { get; set; }

    public TimeSpan Delay { get; set; }

    /// <summary>So many messages of the type are lost from now on.</summary>
    public void Lose(string messageName, int count) => _lost[messageName] = count;

    /// <summary>Those that were to be lost and have not been sent yet.</summary>
    public int LeftToLose => _lost.Values.Sum();

    /// <param name="payload">As it goes onto the wire; the name of a message's type is in it.</param>
    public bool Swallows(ReadOnlySpan<byte> payload)
    {
        if (IsCut) return true;
        foreach ((string name, int count) in _lost)
            if (count > 0 && payload.IndexOf(Encoding.ASCII.GetBytes(name)) >= 0)
                return _lost.TryUpdate(name, count - 1, count);
        return false;
    }
}

/// <summary>The links between all nodes of this process, by the ports that they listen on.</summary>
internal static class FaultyLinks
{
    private static readonly ConcurrentDictionary<(int From, int To), FaultyLink> Links = [];
    private static readonly ConcurrentDictionary<int, int> ListenPorts = [];

    public static FaultyLink Of(ChaosNode from, ChaosNode to) =>
        Of(from.Address.Port!.Value, to.Address.Port!.Value);

    /// <param name="to">Also a port that the node has connected from.</param>
    public static FaultyLink Of(int from, int to) =>
        Links.GetOrAdd((from, ListenPorts.GetValueOrDefault(to, to)), _ => new FaultyLink());

    /// <summary>A node has connected from a port that is not the one that it listens on.</summary>
    public static void Connected(int listenPort, int fromPort) => ListenPorts[fromPort] = listenPort;

    /// <summary>Both ways.</summary>
    public static void Cut(ChaosNode a, ChaosNode b) => Of(a, b).IsCut = Of(b, a).IsCut = true;

    public static void Cut(IReadOnlyCollection<ChaosNode> side, IReadOnlyCollection<ChaosNode> other)
    {
        foreach (ChaosNode a in side)
            foreach (ChaosNode b in other)
                Cut(a, b);
    }

    public static void Mend(ChaosNode a, ChaosNode b) => Of(a, b).IsCut = Of(b, a).IsCut = false;

    public static void Slow(ChaosNode a, ChaosNode b, TimeSpan delay) =>
        Of(a, b).Delay = Of(b, a).Delay = delay;
}
