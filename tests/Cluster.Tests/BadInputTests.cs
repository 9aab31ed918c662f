using System.Net;
using System.Net.Sockets;
using Millrace.Processes;
using Millrace.Shared.Errors;
using Millrace.Shared.Processes;
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

    [Theory]
    [InlineData("--node.host=no-such-host.invalid",
        "The name in node.host is not known; set it to an address that this machine has.")]
    [InlineData("--node.host=0.0.0.0", "option --node.host: 'node.host' is '0.0.0.0'; write an address of this "
        + "machine, or set node.advertised_host too.")]
    [InlineData("--cluster.lease=1ms", "option --cluster.lease: 'cluster.lease' is '1ms'; write at least 2s, "
        + "since renewals are late when a process or a heartbeat is.")]
    [InlineData("--cluster.acceptable_pause=10ms", "option --cluster.acceptable_pause: 'cluster.acceptable_pause' "
        + "is '10ms'; write at least 1s, since heartbeats come every 500 ms and are late now and then.")]
    [InlineData("--cluster.stable_after=10ms", "option --cluster.stable_after: 'cluster.stable_after' is '10ms'; "
        + "write at least 0.5s, since nodes tell each other every 200 ms whom they do not hear.")]
    [InlineData("--cluster.downing=static-quorum", "option --cluster.downing: 'cluster.downing' is "
        + "'static-quorum' and needs 'cluster.quorum_size' too: set it to more than half of the nodes that the "
        + "cluster has.")]
    [InlineData("--journal.password_file=/no/such/file", "option --journal.password_file: "
        + "'journal.password_file' is set but the journal is a SQLite file, which has no users; leave it out, "
        + "or set 'journal.url' to jdbc:mysql://host:port/database.")]
    [InlineData("--cluster.name=", "option --cluster.name: 'cluster.name' is ''; write a name that all nodes "
        + "of the cluster share.")]
    public async Task A_value_that_cannot_be_right_ends_the_program_with_one_line(string option, string message)
    {
        using var folder = new TempFolder();
        ProgramRun run = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", $"--node.data_folder={folder.Path}", "--commands.port=0", option);
        Assert.Equal((1, $"jobmanager: {message}"), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task Commands_are_taken_on_the_host_that_is_configured_for_them()
    {
        using var folder = new TempFolder();
        ProgramRun run = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", $"--node.data_folder={folder.Path}", "--commands.port=0",
            "--commands.host=192.0.2.1");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "jobmanager: Commands cannot be taken on 192.0.2.1:0: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_no_failure_to_join_in_the_log()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        ProgramRun run = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", $"--node.data_folder={folder.Path}", $"--commands.port={port}");
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain(" ERROR ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_whose_settings_are_damaged_takes_no_process_and_is_stopped()
    {
        await using var cluster = new TestCluster();
        Directory.CreateDirectory(cluster.Folder);
        string settings = Path.Combine(cluster.Folder, "cluster.json");
        await File.WriteAllTextAsync(settings, "{\"Slots\":");
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => cluster.AddAsync(ProcessRole.TaskManager));
        Assert.Equal($"{settings} is damaged; stop the cluster and start it again.", refused.Message);
        await cluster.Cluster.StopAsync();
    }

    [Fact]
    public async Task A_cluster_s_folder_that_is_a_file_is_refused()
    {
        using var folder = new TempFolder();
        string file = folder.File("file");
        await File.WriteAllTextAsync(file, "");
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => new ProcessCluster(file).StartAsync(1, 1, 1));
        Assert.Equal($"{file} is a file; --dir names a folder.", refused.Message);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("add", "taskmanager")]
    [InlineData("status")]
    [InlineData("stop")]
    public async Task An_empty_folder_name_of_a_cluster_is_refused(params string[] command)
    {
        ProgramRun run = await ProgramRun.OfAsync("Millrace.ProcessCluster.dll", [.. command, "--dir", ""]);
        Assert.Equal(
            (2, "cluster: --dir is empty; name the cluster's folder."), (run.ExitCode, run.Error.Trim()));
    }

    [Theory]
    [InlineData("'worker' is no role; write taskmanager or jobmanager.", "add", "worker")]
    [InlineData("'0' is no count; write a whole number from 1 to 1024.", "start", "--slots", "0")]
    [InlineData("A command is missing; --help lists them.")]
    [InlineData("Unrecognized command or argument 'strat'.", "strat")]
    public async Task A_wrong_use_of_cluster_is_one_line_and_exit_code_2(
        string message, params string[] arguments)
    {
        ProgramRun run = await ProgramRun.OfAsync("Millrace.ProcessCluster.dll", arguments);
        Assert.Equal((2, $"cluster: {message}\n", ""), (run.ExitCode, run.Error, run.Output));
    }

    [Fact]
    public async Task Cluster_calls_itself_by_its_name()
    {
        ProgramRun run = await ProgramRun.OfAsync("Millrace.ProcessCluster.dll", "--help");
        Assert.Contains("\n  cluster [command] [options]\n", run.Output, StringComparison.Ordinal);
        ProgramRun start = await ProgramRun.OfAsync("Millrace.ProcessCluster.dll", "start", "--help");
        Assert.Contains("\n  cluster start [options]\n", start.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Millrace.JobManager.dll")]
    [InlineData("Millrace.TaskManager.dll")]
    [InlineData("Millrace.ProcessCluster.dll")]
    public async Task Every_program_prints_its_version(string program)
    {
        ProgramRun run = await ProgramRun.OfAsync(program, "--version");
        Assert.Equal((0, $"{ProgramVersion.Text}\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.True(System.Version.TryParse(ProgramVersion.Text.Split('-')[0], out _));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused_with_the_key_or_option_that_names_it()
    {
        ProgramRun cluster = await ProgramRun.OfAsync(
            "Millrace.ProcessCluster.dll", "start", "--dir", "/proc/x");
        Assert.Equal(1, cluster.ExitCode);
        Assert.StartsWith(
            "cluster: The folder /proc/x of --dir cannot be made: ",
            Assert.Single(cluster.Error.Trim().Split('\n')), StringComparison.Ordinal);
        ProgramRun node = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", "--node.data_folder=/proc/x", "--commands.port=0");
        Assert.Equal(1, node.ExitCode);
        Assert.StartsWith(
            "jobmanager: option --node.data_folder: 'node.data_folder' is /proc/x, a folder that cannot be "
            + "made: ", Assert.Single(node.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_value_is_refused_before_anything_is_logged_or_made()
    {
        using var folder = new TempFolder();
        ProgramRun taskManager = await ProgramRun.OfAsync(
            "Millrace.TaskManager.dll", $"--node.data_folder={folder.Path}", "--slots=0");
        Assert.Equal(
            (1, "taskmanager: option --slots: 'slots' is '0'; write a whole number from 1 to 1024.\n", ""),
            (taskManager.ExitCode, taskManager.Error, taskManager.Output));
        ProgramRun jobManager = await ProgramRun.OfAsync(
            "Millrace.JobManager.dll", $"--node.data_folder={folder.Path}", "--node.port=many");
        Assert.Equal((1, ""), (jobManager.ExitCode, jobManager.Output));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Pbm_in_a_working_folder_that_was_deleted_ends_with_one_line()
    {
        using var folder = new TempFolder();
        string working = folder.File("working");
        Directory.CreateDirectory(working);
        using RunningProgram pbm = RunningProgram.StartInDeleted(working, "Millrace.Pbm.dll", "job", "list");
        Assert.Equal(
            new ProgramRun(2, "", "The working folder has been deleted; change to one that exists.\n"),
            await pbm.EndAsync());
        Directory.CreateDirectory(working);
        using RunningProgram version = RunningProgram.StartInDeleted(working, "Millrace.Pbm.dll", "--version");
        Assert.Equal(0, (await version.EndAsync()).ExitCode);
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
