using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Xunit;

namespace Millrace.Pbm.Tests;

/// <summary>Servers that go away in the middle, and those that cannot do better.</summary>
public sealed class LostServerTests
{
    [Fact]
    public async Task A_command_that_may_be_repeated_goes_on_at_the_next_address_with_the_same_id()
    {
        await using FakeServer lost = Server(canRepeat: true, _ => null);
        await using FakeServer next = Server(canRepeat: true, _ => Done());
        PbmRun run = await PbmRun.Of("/", $"{lost.Address},{next.Address}", "job", "dance");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"The connection to {lost.Address} was lost. Looking for a JobManager to go on with.\n",
            run.Error);
        RunRequest first = Assert.Single(lost.Requests), second = Assert.Single(next.Requests);
        Assert.Equal((first.Id, false, true), (second.Id, first.Repeated, second.Repeated));
    }

    [Fact]
    public async Task A_server_alone_is_asked_again_when_it_is_back()
    {
        int asked = 0;
        await using FakeServer server = Server(canRepeat: true, _ => asked++ == 0 ? null : Done());
        Assert.Equal(0, (await PbmRun.Of("/", server.Address, "job", "dance")).ExitCode);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_server_that_breaks_at_the_command_is_not_asked_for_ever()
    {
        await using FakeServer server = Server(canRepeat: true, _ => null);
        PbmRun run = await PbmRun.Of("/", server.Address, "job", "dance");
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith(
            $"The connection to {server.Address} was lost. That happened 5 times without an answer.\n",
            run.Error, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task A_command_that_may_not_be_repeated_fails_and_says_what_is_not_known()
    {
        await using FakeServer lost = Server(canRepeat: false, _ => null);
        await using FakeServer next = Server(canRepeat: false, _ => Done());
        PbmRun run = await PbmRun.Of("/", $"{lost.Address},{next.Address}", "job", "dance");
        Assert.Equal(
            (1, $"The connection to {lost.Address} was lost. "
                + "Whether the command took effect is not known.\n"),
            (run.ExitCode, run.Error));
        Assert.Empty(next.Requests);
    }

    [Fact]
    public async Task Where_no_server_reaches_the_leader_each_is_asked_once()
    {
        ServerFrame? NoLeader(RunRequest _) => new()
        {
            Refused = new Refusal(RefusalKind.Unavailable, "No leader."),
        };
        await using FakeServer one = Server(canRepeat: true, NoLeader);
        await using FakeServer two = Server(canRepeat: true, NoLeader);
        PbmRun run = await PbmRun.Of("/", $"{one.Address},{two.Address}", "job", "dance");
        Assert.Equal((3, "No leader.\n"), (run.ExitCode, run.Error));
        Assert.Equal((1, 1), (one.Requests.Count, two.Requests.Count));
    }

    [Fact]
    public async Task A_file_that_was_not_named_stays_here()
    {
        FileContent? sent = null;
        await using var server = new FakeServer(Palettes(canRepeat: false), async (_, self) =>
        {
            await self.SendAsync(new ServerFrame { Read = new FileRequest("/etc/passwd") });
            sent = (await self.ReceiveAsync())!.File;
            return Done();
        });
        await PbmRun.Of("/", server.Address, "job", "dance");
        Assert.Null(sent!.Text);
    }

    private static FakeServer Server(bool canRepeat, Func<RunRequest, ServerFrame?> answer) =>
        new(Palettes(canRepeat), (run, _) => Task.FromResult(answer(run)));

    private static ServerFrame Done() => new() { Result = new Result(new JsonObject()) };

    private static IReadOnlyList<PaletteDescription> Palettes(bool canRepeat) =>
        [new("job", "J.", [new CommandDescription { Name = "dance", Help = "D.", CanRepeat = canRepeat }])];
}
