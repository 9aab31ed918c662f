using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>Nodes that find their cluster, each an actor system with sockets of its own.</summary>
public sealed class ClusterJoinTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task JobManagers_that_start_at_the_same_time_on_one_folder_form_one_cluster()
    {
        TestNode[] nodes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => TestNode.StartAsync(WithFolder(TestNode.JobManager(), $"{i}"))));
        foreach (TestNode node in nodes) await node.UntilMembersAsync(4);
        string id = File.ReadAllText(Path.Combine(_folder.FullName, "cluster-id"));
        Assert.Equal(17, id.Length);
        await Wait.ForAsync(
            () => File.ReadAllLines(Path.Combine(_folder.FullName, "members")).Length == 4, "members are written");
        foreach (TestNode node in nodes) await node.DisposeAsync();
        foreach (TestNode node in nodes)
            Assert.Equal((NodeEndReason.Left, 0), ((await node.Ended).Reason, (await node.Ended).ExitCode));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_JobManager_that_comes_back_on_the_first_seeds_address_joins_the_others()
    {
        int port = FixedPort.Next();
        string seed = $"127.0.0.1:{port}";
        await using TestNode first = await TestNode.StartAsync(TestNode.JobManager(seed) with { Port = port });
        await first.UntilMembersAsync(1);
        await using TestNode second = await TestNode.StartAsync(TestNode.JobManager(seed));
        await using TestNode worker = await TestNode.StartAsync(TestNode.TaskManager(seed));
        foreach (TestNode node in new[] { first, second, worker }) await node.UntilMembersAsync(3);
        string id = await IdAsync(second);
        await first.KillAsync();
        // Its folder is lost as well: its seeds are all that it knows.
        await using TestNode again = await TestNode.StartAsync(
            TestNode.JobManager(seed, second.Name) with { Port = port });
        foreach (TestNode node in new[] { again, second, worker }) await node.UntilMembersAsync(3);
        Assert.Equal(id, await IdAsync(again));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cluster_that_has_ended_as_a_whole_comes_back_as_one_with_its_id()
    {
        TestNode one = await TestNode.StartAsync(WithFolder(TestNode.JobManager(), "1"));
        TestNode two = await TestNode.StartAsync(WithFolder(TestNode.JobManager(), "2"));
        foreach (TestNode node in new[] { one, two }) await node.UntilMembersAsync(2);
        string id = await IdAsync(one);
        await Task.WhenAll(one.KillAsync(), two.KillAsync());
        TestNode[] again = await Task.WhenAll(
            TestNode.StartAsync(WithFolder(TestNode.JobManager(), "1")),
            TestNode.StartAsync(WithFolder(TestNode.JobManager(), "2")));
        foreach (TestNode node in again)
        {
            await node.UntilMembersAsync(2);
            Assert.Equal(id, await IdAsync(node));
        }
        foreach (TestNode node in again.Append(one).Append(two)) await node.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_TaskManager_waits_for_its_cluster_and_finds_it_again_by_a_member_that_it_remembers()
    {
        int port = FixedPort.Next();
        string seed = $"127.0.0.1:{port}";
        NodeOptions remembers = TestNode.TaskManager(seed) with { DataFolder = Path.Combine(_folder.FullName, "tm") };
        await using TestNode worker = await TestNode.StartAsync(remembers);
        Assert.Empty(worker.Members);
        await using TestNode first = await TestNode.StartAsync(TestNode.JobManager(seed) with { Port = port });
        await using TestNode second = await TestNode.StartAsync(TestNode.JobManager(seed));
        foreach (TestNode node in new[] { worker, first, second }) await node.UntilMembersAsync(3);
        string members = Path.Combine(_folder.FullName, "tm", "members");
        await Wait.ForAsync(
            () => File.Exists(members)
                && File.ReadAllText(members).Contains(second.Name, StringComparison.Ordinal),
            "it is remembered");
        await Task.WhenAll(first.KillAsync(), worker.KillAsync());
        await using TestNode again = await TestNode.StartAsync(remembers);
        await again.UntilMembersAsync(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task While_a_known_address_is_silent_no_cluster_is_formed()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string name = $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        File.WriteAllText(Path.Combine(_folder.FullName, "members"), name + "\n");
        await using TestNode node = await TestNode.StartAsync(WithFolder(TestNode.JobManager(), "1"));
        // It has asked, and asks again.
        using (await silent.AcceptTcpClientAsync())
        using (await silent.AcceptTcpClientAsync())
        using (await silent.AcceptTcpClientAsync())
            Assert.Empty(node.Members);
        silent.Stop();
        await node.UntilMembersAsync(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_of_another_cluster_is_refused_and_ends_with_a_sentence()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.JobManager());
        await node.UntilMembersAsync(1);
        await using TestNode stranger = await TestNode.StartAsync(
            TestNode.TaskManager(node.Name) with { ClusterName = "other" });
        NodeEnd end = await stranger.Ended;
        Assert.Equal(1, end.ExitCode);
        Assert.Equal(
            $"{node.Name} refuses this node: it belongs to cluster 'other', this is 'millrace'", end.Sentence);
        await stranger.System.WhenTerminated;
        Assert.Single(node.Cluster.State.Members);
    }

    private NodeOptions WithFolder(NodeOptions options, string own) => options with
    {
        DataFolder = Path.Combine(_folder.FullName, own),
        ClusterFolder = _folder.FullName,
    };

    /// <summary>The id of the cluster, as the node tells it to who wants to join.</summary>
    /// <summary>A node is a member a little before it has heard its cluster's id.</summary>
    private static async Task<string> IdAsync(TestNode node)
    {
        string id = "";
        await Wait.ForAsync(async () =>
        {
            JoinAnswer answer = await node.System.ActorSelection("/user/join").Ask<JoinAnswer>(
                new AskToJoin { Cluster = "millrace", Protocol = JoinGate.Protocol });
            Assert.Equal(JoinAnswerKind.JoinWelcome, answer.Kind);
            id = answer.ClusterId;
            return id.Length > 0;
        }, "the cluster's id is known");
        return id;
    }
}
