using Millrace.Cluster.Tests.Results;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>A pbm that is killed in the middle: what it has asked for goes on without it.</summary>
[Collection(SharedClusterGroup.Name)]
public sealed class LostClientTests(SharedCluster shared)
{
    private const string Program = "Millrace.Pbm.dll";

    [Fact]
    public async Task What_a_killed_pbm_has_asked_for_goes_on_and_its_connections_are_closed()
    {
        TestCluster cluster = await shared.WholeAsync();
        NodeProcess asked = cluster.Of(ProcessRole.JobManager)[^1];
        string address = asked.AddressOf("command");
        var job = new CountingJob(cluster, "submitted-by-the-dead");

        using RunningProgram submit =
            RunningProgram.Start(Program, address, "job", "submit", "-f", job.JobFile);
        await job.IsSubmittedAsync();
        await submit.KillAsync();
        await job.FlowsAsync();

        using RunningProgram watch = RunningProgram.Start(Program, address, "job", "watch", job.Id);
        await Wait.ForAsync(() => Connections(asked) == 1, "pbm is connected");
        await watch.KillAsync();
        await job.FlowsAsync();

        using (await job.HoldAsync())
        {
            using RunningProgram save =
                RunningProgram.Start(Program, address, "job", "savepoint", job.Id, job.Savepoints);
            await Wait.ForAsync(() => Connections(asked) == 1, "pbm is connected");
            await save.KillAsync();
        }
        await job.FlowsAsync();

        await Wait.ForAsync(() => Connections(asked) == 0, "no connection of a dead pbm is left");
        Assert.Equal(0, (await job.LookAsync())!.Restarts);
        await job.StopAsync();
    }

    private static int Connections(NodeProcess jobManager) => TcpPorts.Connected(jobManager.Ports["command"]);
}
