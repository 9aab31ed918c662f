using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Remote;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Who calls a node by TLS, or is called, and dies, speaks nonsense or is not let in.</summary>
public sealed class TlsPeerTests : IDisposable
{
    /// <summary>A greeting is cut at so many places.</summary>
    private const int Cuts = 12;

    /// <summary>Of who dies just after a greeting Akka may hear only by the silence that follows.</summary>
    private const string Overrides =
        "akka { loglevel = INFO, remote.dot-netty.tcp.connection-timeout = 3s }";

    private readonly TestCertificates _certificates = new();
    private readonly TlsOptions _ours;
    private readonly X509Certificate2 _own, _other;

    public TlsPeerTests()
    {
        _ours = _certificates.New("ours");
        _own = NodeCertificate.Load(_ours).Own;
        _other = NodeCertificate.Load(_certificates.New("theirs")).Own;
    }

    public void Dispose() => _certificates.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_calls_and_dies_anywhere_in_its_greeting_ends_nobody(bool isReset)
    {
        await using TestNode node = await StartAsync();
        var peer = new TlsStranger(_own);
        int port = node.Cluster.SelfAddress.Port!.Value;
        int greetingBytes = await peer.CallAsync(port);
        foreach (int life in LivesOf(greetingBytes)) await peer.CallAsync(port, life, isReset);
        await AssertGoesOnAsync(node);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_is_called_and_dies_anywhere_in_its_greeting_ends_nobody(bool isReset)
    {
        await using TestNode node = await StartAsync();
        var peer = new TlsStranger(_own);
        int greetingBytes = 0;
        await CallAsync(node, async caller => greetingBytes = await peer.AnswerAsync(caller));
        foreach (int life in LivesOf(greetingBytes))
            await CallAsync(node, caller => peer.AnswerAsync(caller, life, isReset));
        await AssertGoesOnAsync(node);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_caller_that_is_not_let_in_is_told_of_once_and_ends_nobody()
    {
        await using TestNode node = await StartAsync();
        int port = node.Cluster.SelfAddress.Port!.Value;
        for (int i = 0; i < 3; i++)
        {
            await new TlsStranger(_other).KnockAsync(port);
            await new TlsStranger(null).KnockAsync(port);
            await KnockAsync(port, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            await KnockAsync(port, await GreetingAsync());
            await KnockAsync(port, (await GreetingAsync())[..100]);
        }
        await KnockAsync(port, (await GreetingAsync())[..100], hangsUp: false);
        string[] reasons =
        [
            $"its certificate (SHA-1 {_other.Thumbprint}) is not one of those that this node accepts",
            "it shows no certificate", "it does not speak TLS", "it did not complete the greeting",
        ];
        await Wait.ForAsync(
            () => reasons.All(r => node.Told.Any(t => t.EndsWith(r, StringComparison.Ordinal))),
            "every reason is told");
        Assert.Equal(reasons.Length, node.Told.Count);
        Assert.All(node.Told, t => Assert.StartsWith("No TLS with 127.0.0.1:", t));
        await AssertGoesOnAsync(node);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stranger_that_is_called_is_told_of_by_its_address_and_ends_nobody()
    {
        await using TestNode node = await StartAsync();
        var told = new List<string>
        {
            await CallAsync(node, caller => new TlsStranger(_other).AnswerAsync(caller))
                + $": its certificate (SHA-1 {_other.Thumbprint}) is not one of those that this node accepts",
            await CallAsync(node, async caller =>
            {
                await caller.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
                await UntilClosedAsync(caller);
            }) + ": it does not speak TLS",
        };
        await Wait.ForAsync(() => node.Told.Count >= told.Count, "both are told of");
        Assert.Equal(told.Select(t => $"No TLS with {t}"), node.Told);
        await AssertGoesOnAsync(node);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_whose_greeting_has_failed_is_still_removed_and_still_leaves_when_told()
    {
        await using TestNode leader = await StartAsync();
        await leader.UntilMembersAsync(1);
        await using TestNode worker = await TestNode.StartAsync(
            TestNode.TaskManager(leader.Name) with { Tls = _ours, Overrides = Overrides });
        foreach (TestNode node in new[] { leader, worker })
        {
            await node.UntilMembersAsync(2);
            await CallAsync(node, caller => new TlsStranger(_own).AnswerAsync(caller, lifeBytes: 1));
        }
        leader.Cluster.Down(worker.Cluster.SelfAddress);
        Assert.Equal(NodeEndReason.Removed, (await worker.Ended).Reason);
        _ = CoordinatedShutdown.Get(leader.System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Equal(NodeEndReason.Left, (await leader.Ended).Reason);
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(
        TestNode.JobManager() with { Tls = _ours, Overrides = Overrides });

    /// <summary>It leads a cluster into which another node comes.</summary>
    private async Task AssertGoesOnAsync(TestNode node)
    {
        await using TestNode worker = await TestNode.StartAsync(
            TestNode.TaskManager(node.Name) with { Tls = _ours });
        foreach (TestNode member in new[] { node, worker }) await member.UntilMembersAsync(2);
        Assert.False(node.Ended.IsCompleted);
    }

    private static IEnumerable<int> LivesOf(int greetingBytes)
    {
        Assert.True(greetingBytes > Cuts);
        return Enumerable.Range(1, Cuts).Select(i => greetingBytes * i / Cuts)
            .Append(1).Append(greetingBytes + 10);
    }

    /// <summary>Has a node call a peer, and waits until it has given up.</summary>
    /// <returns>The peer's address.</returns>
    private static async Task<string> CallAsync(TestNode node, Func<Socket, Task> answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Address self = node.Cluster.SelfAddress;
        Address peer = self.WithPort(((IPEndPoint)listener.LocalEndpoint).Port);
        Task failed = node.FailureOfAsync(peer);
        node.System.ActorSelection(new RootActorPath(peer) / "user").Tell(new Identify(1));
        using Socket caller = await listener.AcceptSocketAsync();
        listener.Stop();
        await answer(caller);
        await failed;
        return $"{peer.Host}:{peer.Port}";
    }

    /// <summary>Says something and waits until the node hangs up.</summary>
    private static async Task KnockAsync(int port, byte[] bytes, bool hangsUp = true)
    {
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(IPAddress.Loopback, port);
        await stranger.SendAsync(bytes);
        if (hangsUp) stranger.Shutdown(SocketShutdown.Send);
        await UntilClosedAsync(stranger);
    }

    private static async Task UntilClosedAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[1024]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
    }

    /// <summary>The first that a client says.</summary>
    private static async Task<byte[]> GreetingAsync()
    {
        var said = new MemoryStream();
        using var secure = new SslStream(said);
        await Assert.ThrowsAnyAsync<IOException>(() => secure.AuthenticateAsClientAsync("127.0.0.1"));
        return said.ToArray();
    }
}
