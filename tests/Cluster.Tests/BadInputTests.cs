using System.Net;
using System.Net.Sockets;
using Millrace.Processes;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>What a program or <c>./cluster</c> refuses: one clear line, and nothing else stops.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("Millrace.JobManager.dll", "commands.port")]
    [InlineData("Millrace.JobManager.dll", "node.port", "--commands.port=0")]
    [InlineData("Millrace.TaskManager.dll", "exchange.port")]
    public async Task A_port_in_use_ends_the_program_with_one_line(
        string program, string key, params string[] others)
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        ProgramRun run = await ProgramRun.OfAsync(
            program, [$"--node.data_folder={folder.Path}", .. others, $"--{key}={port}"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("in use", Assert.Single(run.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_ends_the_program_with_one_line()
    {
        ProgramRun run = await ProgramRun.OfAsync("Millrace.TaskManager.dll", "--slts=2");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "taskmanager: command line: There is no key 'slts'; the nearest one is 'slots'.", run.Error.Trim());
    }

    [Fact]
    public async Task A_journal_whose_server_does_not_answer_ends_the_program_with_one_line()
    {
        using var folder = new TempFolder();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        silent.Stop();
        ProgramRun run = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", $"--node.data_folder={folder.Path}", "--commands.port=0",
            $"--journal.url=jdbc:mysql://127.0.0.1:{port}/jobs", "--journal.password=open-sesame");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(
            $"jobmanager: The journal 'jobs' at 127.0.0.1:{port} cannot be used: the server does not answer.",
            run.Error.Trim());
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Nothing_is_added_to_a_folder_where_nothing_runs()
    {
        await using var cluster = new TestCluster();
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.AddAsync(ProcessRole.TaskManager));
        Assert.StartsWith("No cluster was started in ", refused.Message, StringComparison.Ordinal);
    }
}
