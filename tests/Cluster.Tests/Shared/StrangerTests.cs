using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Millrace.Processes;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>Who does not belong to the cluster, at each of its ports, while a job runs.</summary>
[Collection(SharedClusterGroup.Name)]
public sealed class StrangerTests(SharedCluster shared)
{
    /// <summary>A port that believed in a length of 2 GB would take more with the first of them.</summary>
    private const int Times = 4;
    private const long MostGrowthBytes = 256 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly byte[][] Nonsense =
    [
        Noise(), [.. "GET / HTTP/1.1\r\n\r\n"u8], [1], Length(int.MaxValue), Length(int.MinValue),
        Length(100), Turned(Length(int.MaxValue)), Turned(Length(100)),
    ];

    [Fact]
    public async Task Nonsense_at_any_port_is_closed_and_takes_no_memory_and_the_job_runs_on()
    {
        TestCluster cluster = await shared.WholeAsync();
        var job = new CountingJob(cluster, "beside-strangers");
        await job.StartAsync();
        foreach (NodeProcess process in cluster.Cluster.Processes)
        {
            long before = PeakBytes(process);
            foreach (int port in process.Ports.Values)
                foreach (byte[] bytes in Enumerable.Repeat(Nonsense, Times).SelectMany(n => n))
                    await SendAsync(process.Host, port, bytes);
            Assert.InRange(PeakBytes(process) - before, 0, MostGrowthBytes);
        }
        await job.FlowsAsync();
        Assert.Equal(0, (await job.LookAsync())!.Restarts);
        await job.StopAsync();
    }

    [Theory]
    [InlineData("command", "on the command port: a frame claims 2147483647 bytes")]
    [InlineData("data", "does not speak Millrace's exchange protocol")]
    public async Task A_length_of_2_GB_is_logged_once(string port, string logged)
    {
        TestCluster cluster = await shared.WholeAsync();
        NodeProcess process = cluster.Cluster.Processes.First(p => p.Ports.ContainsKey(port));
        int from = await SendAsync(process.Host, process.Ports[port], Turned(Length(int.MaxValue)));
        string[] lines = [];
        await Wait.ForAsync(
            () => (lines = LinesOf(process, from)).Length > 0, $"{process.Name} logs the stranger");
        Assert.Contains(logged, Assert.Single(lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Millrace.TaskManager.dll", "taskmanager", "--exchange.port=0")]
    [InlineData("Millrace.JobManager.dll", "jobmanager", "--commands.port=0")]
    public async Task A_node_of_another_cluster_is_refused_with_one_sentence(
        string program, string name, string port)
    {
        TestCluster cluster = await shared.WholeAsync();
        IReadOnlyList<string> members = await cluster.MembersAsync();
        string seed = cluster.Of(ProcessRole.TaskManager)[0].AddressOf("remoting");
        ProgramRun end = await ProgramRun.OfAsync(
            program, "--cluster.name=other", $"--cluster.seeds={seed}", port,
            $"--node.data_folder={cluster.File($"stranger-{name}")}");
        Assert.Equal(
            (1, $"{name}: {seed} refuses this node: it belongs to cluster 'other', this is 'millrace'\n"),
            (end.ExitCode, end.Error));
        Assert.Equal(members, await cluster.Pbm.MembersAsync());
    }

    [Fact]
    public async Task A_node_of_another_protocol_is_refused_and_ends_with_the_sentence_of_who_refuses_it()
    {
        TestCluster cluster = await shared.WholeAsync();
        IReadOnlyList<string> members = await cluster.MembersAsync();
        await using OtherVersion other = await OtherVersion.StartAsync();
        JoinAnswer answer = await other.AskAsync(cluster.Of(ProcessRole.JobManager)[0].AddressOf("remoting"));
        Assert.Equal(
            (JoinAnswerKind.JoinRefused, "it speaks protocol 2, this cluster 1"),
            (answer.Kind, answer.Reason));
        Assert.Equal(members, await cluster.Pbm.MembersAsync());

        ProgramRun end = await ProgramRun.OfAsync(
            "Millrace.TaskManager.dll", $"--cluster.seeds={other.Address}", "--exchange.port=0",
            $"--node.data_folder={cluster.File("other-version")}");
        Assert.Equal(
            (1, $"taskmanager: {other.Address} refuses this node: it speaks protocol 1, this cluster 2\n"),
            (end.ExitCode, end.Error));
    }

    /// <summary>Sends, says that no more comes, and waits until the other side closes.</summary>
    /// <returns>The port that it was sent from.</returns>
    private static async Task<int> SendAsync(string host, int port, byte[] bytes)
    {
        using var stranger = new TcpClient();
        await stranger.ConnectAsync(host, port);
        int from = ((IPEndPoint)stranger.Client.LocalEndPoint!).Port;
        byte[] answer = new byte[4096];
        try
        {
            await stranger.Client.SendAsync(bytes);
            stranger.Client.Shutdown(SocketShutdown.Send);
            while (await stranger.Client.ReceiveAsync(answer).WaitAsync(Limit) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
        return from;
    }

    /// <summary>What a process has logged of a port that connected to it.</summary>
    private static string[] LinesOf(NodeProcess process, int port) =>
        [.. File.ReadLines(process.Log).Where(line => Regex.IsMatch(line, $@":{port}\b"))];

    /// <summary>The most memory that the process has had at a time.</summary>
    private static long PeakBytes(NodeProcess process)
    {
        string line = File.ReadLines($"/proc/{process.Pid}/status")
            .Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }

    private static byte[] Noise()
    {
        byte[] noise = new byte[64 << 10];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>Little-endian, as Akka's frames and those of records begin; ten bytes of what it announces.
    /// </summary>
    private static byte[] Length(int length)
    {
        byte[] bytes = new byte[4 + 10];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes;
    }

    /// <summary>Big-endian, as pbm's.</summary>
    private static byte[] Turned(byte[] bytes) => [.. bytes[..4].Reverse(), .. bytes[4..]];
}
