using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Millrace.Processes;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>What a program or <c>./cluster</c> refuses: one clear line, and nothing else stops.</summary>
public sealed class BadInputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

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
        (int exitCode, string error) = await RunAsync(
            program, [$"--node.data_folder={folder.Path}", .. others, $"--{key}={port}"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("in use", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_ends_the_program_with_one_line()
    {
        (int exitCode, string error) = await RunAsync("Millrace.TaskManager.dll", "--slts=2");
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "taskmanager: command line: There is no key 'slts'; the nearest one is 'slots'.", error.Trim());
    }

    [Fact]
    public async Task Nothing_is_added_to_a_folder_where_nothing_runs()
    {
        await using var cluster = new TestCluster();
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.AddAsync(ProcessRole.TaskManager));
        Assert.StartsWith("No cluster was started in ", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string program, params string[] options)
    {
        var start = new ProcessStartInfo(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, program), .. options])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        await output;
        return (process.ExitCode, error);
    }
}
