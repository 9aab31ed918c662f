using System.Diagnostics;
using System.Globalization;
using Millrace.JobManager.Hosting;
using Millrace.Shared.Configuration;
using Millrace.Shared.Processes;
using Millrace.TaskManager.Hosting;
using Xunit;

namespace Millrace.Cluster.Tests.Deploy;

/// <summary>What deploy/ says is what the programs understand.</summary>
public sealed class DeployTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(JobManagerKeys.Program)]
    [InlineData(TaskManagerKeys.Program)]
    public void The_configuration_files_are_accepted(string program)
    {
        string file = Path.Combine(Repository.Root, "deploy", $"{program}.yaml");
        Dictionary<string, string> nothing = [];
        Accept(program, nothing, $"--config={file}");
    }

    [Theory]
    [InlineData(JobManagerKeys.Program)]
    [InlineData(TaskManagerKeys.Program)]
    public void The_units_start_the_programs_with_options_that_they_have(string program)
    {
        var unit = UnitFile.Of(program);
        Assert.Equal(["/opt/millrace/" + program, "--config", $"/etc/millrace/{program}.yaml"], unit.Command);
        Assert.All(
            unit.Settings["Environment"], e => AssertKey(program, e.Split('=')[0]));
        Assert.Equal(
            ExitCode.Refused.ToString(CultureInfo.InvariantCulture),
            Assert.Single(unit.Settings["RestartPreventExitStatus"]));
        Assert.Equal("on-failure", Assert.Single(unit.Settings["Restart"]));
    }

    [Theory]
    [InlineData(JobManagerKeys.Program)]
    [InlineData(TaskManagerKeys.Program)]
    public void The_units_wait_for_the_folder_of_the_checkpoints_and_may_write_there(string program)
    {
        var unit = UnitFile.Of(program);
        string file = Path.Combine(Repository.Root, "deploy", $"{JobManagerKeys.Program}.yaml");
        string folder = Assert.Single(unit.Settings["RequiresMountsFor"]);
        Assert.Contains($"folder: \"{folder}\"", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal("-" + folder, Assert.Single(unit.Settings["ReadWritePaths"]));
    }

    [SystemdFact]
    public async Task Systemd_accepts_the_units()
    {
        foreach (string program in (string[])[JobManagerKeys.Program, TaskManagerKeys.Program])
        {
            var unit = UnitFile.Of(program);
            string copy = _folder.File(Path.GetFileName(unit.Path));
            await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(unit.Path)).Replace(
                unit.Command[0], Environment.ProcessPath, StringComparison.Ordinal));
            var start = new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", copy])
            {
                RedirectStandardError = true,
            };
            using Process verify = Process.Start(start)!;
            Assert.Equal("", (await verify.StandardError.ReadToEndAsync()).Trim());
            await verify.WaitForExitAsync();
            Assert.Equal(0, verify.ExitCode);
        }
    }

    [Fact]
    public void The_variables_of_the_containers_are_keys_of_their_programs()
    {
        Assert.NotEmpty(ComposeFile.Nodes);
        foreach (ComposeService node in ComposeFile.Nodes)
        {
            Assert.All(node.Environment.Keys, variable => AssertKey(node.Program, variable));
            Accept(node.Program, node.Environment);
        }
    }

    [Fact]
    public void The_ports_of_the_containers_are_those_of_the_programs()
    {
        string commands = JobManagerKeys.CommandPort.Default;
        Assert.Equal(
            [$"127.0.0.1:{commands}:{commands}"], ComposeFile.Nodes.SelectMany(node => node.Ports));
        string image = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "Dockerfile"));
        string[] exposed = [.. image.Split('\n').Single(l => l.StartsWith("EXPOSE ", StringComparison.Ordinal))
            .Split(' ').Skip(1)];
        Assert.Equal(
            exposed.Order(),
            ComposeFile.Nodes.SelectMany(node => node.Environment)
                .Where(e => e.Key is "MILLRACE_NODE_PORT" or "MILLRACE_EXCHANGE_PORT").Select(e => e.Value)
                .Append(commands).Distinct().Order());
    }

    private static ConfigTable KeysOf(string program) =>
        program == JobManagerKeys.Program ? JobManagerKeys.All : TaskManagerKeys.All;

    private static void AssertKey(string program, string variable) =>
        Assert.Contains(KeysOf(program).Keys, key => key.Variable == variable);

    /// <summary>Reads everything as the program does; its own places are those of the test.</summary>
    private void Accept(
        string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string secret = _folder.File("password");
        File.WriteAllText(secret, "secret");
        bool isJobManager = program == JobManagerKeys.Program;
        string[] places = isJobManager ? [$"--{JobManagerKeys.JournalPasswordFile.Name}={secret}"] : [];
        ConfigValues values = new ConfigSources(program, KeysOf(program)).Read(
            [.. arguments, $"--{NodeKeys.DataFolder.Name}={_folder.Path}", .. places],
            environment.ToDictionary(e => e.Key, e => e.Value));
        NodeKeys.Options(values, program);
        if (isJobManager)
        {
            Assert.NotNull(JobManagerKeys.Options(values).MySqlJournal);
            return;
        }
        TaskManagerKeys.Options(values);
        TaskManagerKeys.Exchange(values);
    }
}
