using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>Commands of <c>./cluster</c> that run at the same time on one folder.</summary>
[Collection(SharedClusterGroup.Name)]
public sealed class AddedNodeTests(SharedCluster shared)
{
    private const string Program = "Millrace.ProcessCluster.dll";

    [Fact]
    public async Task Commands_at_the_same_time_all_do_what_they_say_and_one_that_fails_harms_nobody()
    {
        TestCluster cluster = await shared.WholeAsync();
        string[] before = [.. cluster.Cluster.Processes.Select(p => p.Name)];
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var environment = new Dictionary<string, string>
        {
            ["MILLRACE_EXCHANGE_PORT"] = $"{((IPEndPoint)taken.LocalEndpoint).Port}",
        };
        string[] add = ["add", "taskmanager", "--dir", cluster.Folder];
        using RunningProgram failing = RunningProgram.Start(Program, environment, add),
            first = RunningProgram.Start(Program, add),
            second = RunningProgram.Start(Program, add),
            third = RunningProgram.Start(Program, "add", "jobmanager", "--dir", cluster.Folder),
            seen = RunningProgram.Start(Program, "status", "--json", "--dir", cluster.Folder);

        ProgramRun failed = await failing.EndAsync();
        Assert.Equal(1, failed.ExitCode);
        Assert.Matches(
            @"^cluster: taskmanager-\d+ has ended: taskmanager: .*in use.* \(log: .*\)$",
            Assert.Single(failed.Error.Trim().Split('\n')));
        string[] added = [await NameAsync(first), await NameAsync(second), await NameAsync(third)];
        AssertShows(await seen.EndAsync(), before);

        string[] all = [.. before.Concat(added).Order(StringComparer.Ordinal)];
        Assert.Equal(all.Length, all.Distinct().Count());
        foreach (NodeProcess process in cluster.Cluster.Processes) await cluster.Cluster.ReadyAsync(process);
        ProgramRun status = await ProgramRun.OfAsync(
            Program, "status", "--json", "--dir", cluster.Folder);
        AssertShows(status, all);
        Assert.Equal(all.Length, JsonNode.Parse(status.Output)!["processes"]!.AsArray().Count);
        Assert.Equal(all.Length, (await cluster.MembersAsync()).Count);
        await EndAsync(cluster, added);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_only_the_process_that_would_have_it()
    {
        TestCluster cluster = await shared.WholeAsync();
        string[] before = [.. cluster.Cluster.Processes.Select(p => p.Name)];
        string file = Path.Combine(cluster.Folder, "taskmanager.yaml");
        File.WriteAllText(file, "cluster:\n  nam: \"x\"\n");
        ProgramRun failed = await ProgramRun.OfAsync(
            Program, "add", "taskmanager", "--dir", cluster.Folder);
        File.Delete(file);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains(
            $"{file}:2:3: There is no key 'cluster.nam'; the nearest one is 'cluster.name'.",
            Assert.Single(failed.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(before, cluster.Cluster.Processes.Select(p => p.Name));
    }

    /// <summary>Of the process that was added.</summary>
    private static async Task<string> NameAsync(RunningProgram run)
    {
        ProgramRun end = await run.EndAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        return end.Output.Split(' ')[0];
    }

    private static void AssertShows(ProgramRun status, IEnumerable<string> names)
    {
        Assert.True(status.ExitCode == 0, status.ToString());
        JsonNode shown = JsonNode.Parse(status.Output)!;
        Assert.NotNull((string?)shown["pbm"]);
        Assert.Subset(
            shown["processes"]!.AsArray().Select(p => (string)p!["name"]!).ToHashSet(), names.ToHashSet());
    }

    /// <summary>Leaves the cluster as it was.</summary>
    private static async Task EndAsync(TestCluster cluster, string[] names)
    {
        NodeProcess[] added = [.. cluster.Cluster.Processes.Where(p => names.Contains(p.Name))];
        foreach (NodeProcess process in added) Signals.SendTerminate(process);
        await Wait.ForAsync(() => !added.Any(p => p.IsAlive), "the added processes have ended");
    }
}
