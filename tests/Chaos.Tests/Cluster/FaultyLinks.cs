using System.Collections.Concurrent;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// The links between all nodes of this process, by the ports that their remoting listens on. Clusters of
/// tests that run at the same time have ports of their own.
/// </summary>
internal static class FaultyLinks
{
    private static readonly ConcurrentDictionary<(int From, int To), FaultyLink> Links = [];
    private static readonly ConcurrentDictionary<int, int> Owners = [];

    public static FaultyLink Of(ChaosNode from, ChaosNode to) =>
        Of(from.Address.Port!.Value, to.Address.Port!.Value);

    /// <summary>Each port is any of the node's.</summary>
    public static FaultyLink Of(int from, int to) =>
        Links.GetOrAdd((OwnerOf(from), OwnerOf(to)), _ => new FaultyLink());

    /// <summary>The port is the node's own now, whatever it was before.</summary>
    public static void Listens(int port) => Owners.TryRemove(port, out _);

    /// <summary>A port that belongs to a node, beside the one that its remoting listens on.</summary>
    public static void Belongs(int port, int listenPort) => Owners[port] = listenPort;

    /// <summary>The node is gone, and another one may get its port.</summary>
    public static void Forget(int listenPort)
    {
        foreach ((int From, int To) link in Links.Keys.Where(l => l.From == listenPort || l.To == listenPort))
            Links.TryRemove(link, out _);
        foreach ((int port, int _) in Owners.Where(o => o.Value == listenPort)) Owners.TryRemove(port, out _);
    }

    /// <summary>Both ways.</summary>
    public static void Cut(ChaosNode a, ChaosNode b) => Of(a, b).IsCut = Of(b, a).IsCut = true;

    public static void Cut(IReadOnlyCollection<ChaosNode> side, IReadOnlyCollection<ChaosNode> other)
    {
        foreach (ChaosNode a in side)
            foreach (ChaosNode b in other)
                Cut(a, b);
    }

    public static void Mend(ChaosNode a, ChaosNode b) => Of(a, b).IsCut = Of(b, a).IsCut = false;

    public static void Mend(IReadOnlyCollection<ChaosNode> side, IReadOnlyCollection<ChaosNode> other)
    {
        foreach (ChaosNode a in side)
            foreach (ChaosNode b in other)
                Mend(a, b);
    }

    public static void Slow(ChaosNode a, ChaosNode b, TimeSpan delay) =>
        Of(a, b).Delay = Of(b, a).Delay = delay;

    private static int OwnerOf(int port) => Owners.GetValueOrDefault(port, port);
}
