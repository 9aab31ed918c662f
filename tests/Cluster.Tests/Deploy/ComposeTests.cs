using System.Diagnostics;
using System.Globalization;
using Millrace.JobManager.Hosting;
using Millrace.Processes;
using Millrace.Shared.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Deploy;

/// <summary>
/// The nodes of deploy/compose.yaml as processes, without containers: their variables as they stand there,
/// but each host is a loopback address of its own, and the volumes are folders of the test.
/// </summary>
public sealed class ComposeTests : IDisposable
{
    private const string Job = """
        job_config:
          name: "numbers"
        sql: "job.sql"
        """;

    private const string Sql = """
        CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '1000');
        CREATE TABLE nothing (n BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO nothing SELECT n FROM numbers;
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly List<Task<string>> _logs = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _folder.Dispose();
    }

    [MySqlFact]
    public async Task The_nodes_find_each_other_run_a_job_and_leave_in_order()
    {
        using var journal = new MySqlDatabase("compose");
        foreach (ComposeService node in ComposeFile.Nodes) _processes.Add(Start(node, journal));
        string commands = $"{Address("jobmanager-1")}:{JobManagerKeys.CommandPort.Default}";
        var pbm = new PbmCalls(() => [commands], _folder.Path);
        await Wait.ForAsync(
            async () => (await pbm.CallAsync("cluster", "show")).Output.Split(" UP ").Length - 1
                == ComposeFile.Nodes.Count,
            "all nodes are up");
        await File.WriteAllTextAsync(_folder.File("job.yaml"), Job);
        await File.WriteAllTextAsync(_folder.File("job.sql"), Sql);
        PbmAnswer ended = await pbm.CallAsync("job", "submit", "-f", "job.yaml");
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("FINISHED", ended.Output, StringComparison.Ordinal);
        foreach (Process process in _processes) Terminate(process);
        foreach (Process process in _processes)
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
            Assert.Equal(0, process.ExitCode);
        }
        foreach (Task<string> log in _logs)
            Assert.EndsWith(" has stopped in order", (await log).TrimEnd(), StringComparison.Ordinal);
    }

    private Process Start(ComposeService node, MySqlDatabase journal)
    {
        string assembly = node.Program == JobManagerKeys.Program
            ? ProcessRole.JobManager.Assembly() : ProcessRole.TaskManager.Assembly();
        var start = new ProcessStartInfo(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, assembly)])
        {
            WorkingDirectory = Directory.CreateDirectory(_folder.File(node.Name)).FullName,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in node.Environment)
            start.Environment[name] = Here(name, value, node, journal);
        var process = Process.Start(start)!;
        _logs.Add(process.StandardOutput.ReadToEndAsync());
        return process;
    }

    /// <summary>The value of a variable on this machine.</summary>
    private string Here(string name, string value, ComposeService node, MySqlDatabase journal)
    {
        switch (name)
        {
            case "MILLRACE_NODE_HOST": return Address(node.Host);
            case "MILLRACE_JOURNAL_URL":
                return $"jdbc:mysql://{journal.Host}:{journal.Port}/{journal.Name}";
            case "MILLRACE_JOURNAL_USER": return journal.User;
            case "MILLRACE_JOURNAL_PASSWORD_FILE":
                File.WriteAllText(_folder.File("password"), journal.Password);
                return _folder.File("password");
            case "MILLRACE_CHECKPOINTS_FOLDER": return _folder.File("checkpoints");
            default:
                foreach (ComposeService other in ComposeFile.Nodes)
                    value = value.Replace(other.Host, Address(other.Host), StringComparison.Ordinal);
                return value;
        }
    }

    /// <summary>Another one for each host, and for each run of the test.</summary>
    private static string Address(string host)
    {
        int number = ComposeFile.Nodes.Select(node => node.Host).ToList().IndexOf(host);
        int run = Environment.ProcessId % 62_500;
        return string.Create(
            CultureInfo.InvariantCulture, $"127.{1 + (run / 250)}.{1 + (run % 250)}.{1 + number}");
    }

    private static void Terminate(Process process) => Signals.SendTerminate(new NodeProcess(
        "", ProcessRole.TaskManager, process.Id, ProcessIdentity.Of(process.Id)!.StartTicks, "",
        IsReady: true, IsStopped: false, "", new Dictionary<string, int>()));
}
