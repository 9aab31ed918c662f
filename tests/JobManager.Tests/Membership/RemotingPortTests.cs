using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Cluster;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Who knocks at the remoting port and is no node of the cluster.</summary>
public sealed class RemotingPortTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Garbage_half_frames_and_huge_lengths_disturb_nobody()
    {
        await using TestNode leader = await TestNode.StartAsync(TestNode.JobManager());
        await leader.UntilMembersAsync(1);
        await using TestNode worker = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        foreach (TestNode node in new[] { leader, worker }) await node.UntilMembersAsync(2);
        byte[] garbage = new byte[64 << 10];
        new Random(1).NextBytes(garbage);
        byte[] huge = new byte[4 + 1024];
        BinaryPrimitives.WriteInt32LittleEndian(huge, int.MaxValue);
        byte[] half = new byte[4 + 10];
        BinaryPrimitives.WriteInt32LittleEndian(half, 1000);
        byte[] negative = [0xff, 0xff, 0xff, 0xff, 1, 2, 3];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (byte[] bytes in new[] { garbage, huge, half, negative, [] })
        {
            using var stranger = new TcpClient();
            await stranger.ConnectAsync(
                leader.Cluster.SelfAddress.Host!, leader.Cluster.SelfAddress.Port!.Value);
            await stranger.Client.SendAsync(bytes);
            stranger.Client.Shutdown(SocketShutdown.Send);
            await UntilClosedAsync(stranger);
        }
        // A quarter of what the huge length would take; other tests of the process use memory meanwhile, too.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 512 << 20);
        // The cluster is what it was, and takes a new member.
        await using TestNode third = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        foreach (TestNode node in new[] { leader, worker, third }) await node.UntilMembersAsync(3);
        Assert.Empty(leader.Dead);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_TLS_only_nodes_that_show_an_accepted_certificate_join()
    {
        TlsOptions ours = _certificates.New("ours");
        await using TestNode leader = await TestNode.StartAsync(TestNode.JobManager() with { Tls = ours });
        await leader.UntilMembersAsync(1);
        await using TestNode worker = await TestNode.StartAsync(
            TestNode.TaskManager(leader.Name) with { Tls = ours });
        foreach (TestNode node in new[] { leader, worker }) await node.UntilMembersAsync(2);
        await using TestNode plain = await TestNode.StartAsync(TestNode.TaskManager(leader.Name));
        await using TestNode stranger = await TestNode.StartAsync(
            TestNode.TaskManager(leader.Name) with { Tls = _certificates.New("theirs") });
        // By now the two strangers have asked: they started before the third, which is let in.
        await using TestNode third = await TestNode.StartAsync(
            TestNode.TaskManager(leader.Name) with { Tls = ours });
        foreach (TestNode node in new[] { leader, worker, third }) await node.UntilMembersAsync(3);
        Assert.Empty(plain.Cluster.State.Members);
        Assert.Empty(stranger.Cluster.State.Members);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_TLS_a_stranger_at_an_address_that_a_node_remembers_ends_nobody()
    {
        TlsOptions ours = _certificates.New("ours");
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        Task greetings = HangUpAsync(stranger);
        await using TestNode leader = await TestNode.StartAsync(TestNode.JobManager() with { Tls = ours });
        await leader.UntilMembersAsync(1);
        await using TestNode worker = await TestNode.StartAsync(
            TestNode.TaskManager($"127.0.0.1:{((IPEndPoint)stranger.LocalEndpoint).Port}") with { Tls = ours });
        await greetings;
        Assert.False(worker.Ended.IsCompleted);
        await worker.Cluster.JoinAsync(leader.Cluster.SelfAddress);
        foreach (TestNode node in new[] { leader, worker }) await node.UntilMembersAsync(2);
    }

    /// <summary>Until several have greeted.</summary>
    private static async Task HangUpAsync(TcpListener listener)
    {
        const int Greetings = 6;
        for (int i = 0; i < Greetings; i++)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            await client.GetStream().ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        }
    }

    private static async Task UntilClosedAsync(TcpClient stranger)
    {
        byte[] rest = new byte[1024];
        try
        {
            while (await stranger.Client.ReceiveAsync(rest) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
    }
}
