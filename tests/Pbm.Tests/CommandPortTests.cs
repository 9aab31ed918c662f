using Akka.Actor;
using Millrace.CommandProtocol;
using Millrace.JobManager.Commands;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Pbm.Tests;

/// <summary>Strangers and broken clients on the command port.</summary>
[Collection(ClusterGroup.Name)]
public sealed class CommandPortTests(TestCluster cluster)
{
    public static TheoryData<string, byte[], string> Nonsense => new()
    {
        { "a web browser", [.. "GET / HTTP/1.1\r\n\r\n"u8], "a frame claims 1195725856 bytes" },
        { "two gigabytes", RawClient.Prefix(2_147_483_648), "a frame claims 2147483648 bytes" },
        { "a large hello", RawClient.Prefix(Protocol.MaxHelloBytes + 1), "a frame claims 4097 bytes" },
        { "no JSON", [0, 0, 0, 2, 1, 2], "a frame is not JSON of the protocol" },
        { "another JSON", [0, 0, 0, 2, .. "[]"u8], "a frame is not JSON of the protocol" },
        { "no hello", [0, 0, 0, 11, .. """{"stop":{}}"""u8], "the first frame is no hello" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task What_is_no_frame_is_logged_once_and_closed(string what, byte[] bytes, string logged)
    {
        using (RawClient client = await RawClient.OpenAsync(cluster.Address))
        {
            await client.SendBytesAsync(bytes);
            await client.ClosedAsync();
        }
        string line = await cluster.Log.NextAsync();
        Assert.True(line.Contains(logged, StringComparison.Ordinal), $"{what}: {line}");
        await AnswersAsync();
        Assert.Empty(cluster.Log.Lines);
    }

    [Fact]
    public async Task A_frame_that_breaks_off_is_logged_once_and_closed()
    {
        using (RawClient client = await RawClient.OpenAsync(cluster.Address))
            await client.SendBytesAsync([0, 0, 0, 100, 1]);
        Assert.Contains("in the middle of a frame", await cluster.Log.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_closed()
    {
        await using CommandServer server = Start(new CommandServerOptions
        {
            HelloTimeout = TimeSpan.FromMilliseconds(50),
        });
        using RawClient client = await RawClient.OpenAsync(server.EndPoint.ToString());
        await client.ClosedAsync();
    }

    [Fact]
    public async Task A_client_that_dawdles_in_a_frame_is_closed()
    {
        await using CommandServer server = Start(new CommandServerOptions
        {
            FrameTimeout = TimeSpan.FromMilliseconds(50),
        });
        using RawClient client = await RawClient.OpenAsync(server.EndPoint.ToString());
        await client.SendBytesAsync([0]);
        await client.ClosedAsync();
        Assert.Contains(
            "was not complete within 0.05 s", await cluster.Log.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_another_protocol_is_told_both_numbers()
    {
        using RawClient client = await RawClient.OpenAsync(cluster.Address);
        await client.SendAsync(new ClientFrame { Hello = new ClientHello(7, "9.9") });
        Assert.Equal(
            "This JobManager speaks protocol 1, pbm 9.9 speaks 7: use the pbm of the cluster's version.",
            (await client.ReceiveAsync()).Refused!.Message);
    }

    [Fact]
    public async Task One_client_too_many_is_told_so()
    {
        await using CommandServer server = Start(new CommandServerOptions { MaxConnections = 1 });
        using RawClient first = await RawClient.GreetAsync(server.EndPoint.ToString());
        PbmRun second = await PbmRun.Of("/", server.EndPoint.ToString(), "job", "list");
        Assert.Equal(ExitCodes.Unreachable, second.ExitCode);
        Assert.Contains("has 1 clients already", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_is_one_sentence()
    {
        int port = int.Parse(cluster.Address.Split(':')[1]);
        var refused = Assert.Throws<MillraceException>(() => Start(new CommandServerOptions { Port = port }));
        Assert.Equal(
            (ErrorKind.Invalid, $"Commands cannot be taken on 127.0.0.1:{port}: Address already in use."),
            (refused.Kind, refused.Message));
    }

    [Fact]
    public async Task A_client_that_goes_once_its_job_is_passed_on_leaves_the_job()
    {
        using var job = new SmallJob("left alone");
        string id = new('a', Protocol.RequestIdDigits);
        using (RawClient client = await RawClient.GreetAsync(cluster.Address))
        {
            await client.SendAsync(new ClientFrame { Run = Submit(job, id) });
            while ((await client.ReceiveAsync()) is { Note: null } frame)
                if (frame.Read is { } read)
                    await client.SendAsync(new ClientFrame
                    {
                        File = new FileContent(
                            read.Path, File.ReadAllText(Path.Combine(job.Folder, read.Path)), null),
                    });
        }
        PbmRun watched = await PbmRun.Of(job.Folder, cluster.Address, "job", "watch", id, "--output", "json");
        Assert.Equal("FINISHED", (string)watched.Json["state"]!);
    }

    [Fact]
    public async Task A_client_that_goes_while_files_are_read_submits_nothing()
    {
        using var job = new SmallJob("never");
        string id = new('b', Protocol.RequestIdDigits);
        using (RawClient client = await RawClient.GreetAsync(cluster.Address))
        {
            await client.SendAsync(new ClientFrame { Run = Submit(job, id) });
            Assert.NotNull((await client.ReceiveAsync()).Read);
        }
        PbmRun list = await PbmRun.Of(job.Folder, cluster.Address, "job", "list", "--output", "json");
        Assert.DoesNotContain(id, list.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_submission_sent_again_is_one_job()
    {
        using var job = new SmallJob("once");
        string id = new('c', Protocol.RequestIdDigits);
        for (int i = 0; i < 2; i++)
        {
            using RawClient client = await RawClient.GreetAsync(cluster.Address);
            await client.SendAsync(new ClientFrame { Run = Submit(job, id) with { Repeated = i > 0 } });
            while ((await client.ReceiveAsync()) is { Result: null } frame)
                if (frame.Read is { } read)
                    await client.SendAsync(new ClientFrame
                    {
                        File = new FileContent(
                            read.Path, File.ReadAllText(Path.Combine(job.Folder, read.Path)), null),
                    });
        }
        PbmRun list = await PbmRun.Of(job.Folder, cluster.Address, "job", "list", "--output", "json");
        Assert.Single(list.Json.AsArray(), j => (string)j!["name"]! == "once");
    }

    [Fact]
    public async Task A_server_that_stops_closes_without_an_answer_so_that_another_is_asked()
    {
        using var job = new SmallJob("handed over", isEndless: true);
        PbmRun submitted = await PbmRun.Of(
            job.Folder, cluster.Address, "job", "submit", "-f", "jobs/job.yaml", "--detached",
            "--output", "json");
        string id = (string)submitted.Json["id"]!;
        CommandServer server = Start(new CommandServerOptions());
        using RawClient client = await RawClient.GreetAsync(server.EndPoint.ToString());
        await client.SendAsync(new ClientFrame
        {
            Run = new RunRequest(
                "job", "watch", new('d', Protocol.RequestIdDigits), false, job.Folder, true,
                new Dictionary<string, IReadOnlyList<string>> { ["job"] = [id] }),
        });
        Assert.NotNull((await client.ReceiveAsync()).View);
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true) Assert.NotNull((await client.ReceiveAsync()).View);
        });
        Assert.Equal(0, (await PbmRun.Of(job.Folder, cluster.Address, "job", "cancel", id)).ExitCode);
    }

    private static RunRequest Submit(SmallJob job, string id) => new(
        "job", "submit", id, false, job.Folder, false,
        new Dictionary<string, IReadOnlyList<string>> { ["file"] = ["jobs/job.yaml"] });

    private CommandServer Start(CommandServerOptions options) => CommandServer.Start(
        cluster.Cluster.JobManagerSystem,
        options.Port == Protocol.DefaultPort ? options with { Port = 0 } : options);

    private async Task AnswersAsync() =>
        Assert.Equal(0, (await PbmRun.Of("/", cluster.Address, "job", "list")).ExitCode);
}
