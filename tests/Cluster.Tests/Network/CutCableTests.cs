using Millrace.Cluster.Tests.Chaos;
using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Network;

/// <summary>A cluster across two network hosts whose cable is cut and mended again.</summary>
public sealed class CutCableTests
{
    private const int Copies = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [NetworkFact]
    public async Task Results_are_exact_when_the_cable_between_two_hosts_is_cut()
    {
        using var hosts = new NetworkHosts();
        await using var cluster = new TestCluster(hosts.FirstHost);
        var jobs = new EdNetJobs(cluster, Copies);
        jobs.Prepare();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 2, slots: 4);
        var second = new ProcessCluster(cluster.Folder, TestCluster.ProgramFolder, hosts.SecondHost);
        NodeProcess far = await second.AddAsync(ProcessRole.TaskManager);
        await second.ReadyAsync(far);
        await using (new Brake(jobs))
        {
            await jobs.SubmitAsync("runtime.restart_attempts=100000", "runtime.restart_delay=200ms");
            await Wait.ForAsync(
                async () => (await jobs.LookAsync())?.All(j => j.State == "RUNNING") == true, "the jobs run");
            await Wait.ForAsync(jobs.HaveResults, "every job has written");
            hosts.CutCable();
            // The smaller part ends itself, and the larger one goes on.
            await Wait.ForAsync(() => !far.IsAlive, "the TaskManager that is alone has ended");
        }
        hosts.RestoreCable();
        await second.ReadyAsync(await second.AddAsync(ProcessRole.TaskManager));
        Assert.Contains(await jobs.FinishAsync(Limit), j => j.Restarts > 0);
        jobs.AssertExact();
        await cluster.StopAsync();
        jobs.AssertClean();
    }
}
