using Millrace.Cluster.Tests.Results;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>The specification's jobs on processes that nobody disturbs.</summary>
public sealed class ClusterJobTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(1, 1, 6)]
    [InlineData(2, 2, 3)]
    public async Task Results_equal_the_reference(int jobManagers, int taskManagers, int slots)
    {
        await using var cluster = new TestCluster();
        await RunAsync(cluster, new EdNetJobs(cluster, copyCount: 1), jobManagers, taskManagers, slots);
    }

    [MySqlFact]
    public async Task Results_equal_the_reference_where_tables_and_results_are_on_a_server()
    {
        await using var cluster = new TestCluster();
        using var results = new MySqlResults(cluster.File("jobs"));
        await RunAsync(cluster, new EdNetJobs(cluster, copyCount: 1, results), 1, 2, 3);
    }

    private static async Task RunAsync(
        TestCluster cluster, EdNetJobs jobs, int jobManagers, int taskManagers, int slots)
    {
        jobs.Prepare();
        await cluster.StartAsync(jobManagers, taskManagers, slots);
        await jobs.SubmitAsync();
        Assert.All(await jobs.FinishAsync(Limit), j => Assert.Equal(0, j.Restarts));
        jobs.AssertExact();
        await cluster.StopAsync();
        jobs.AssertClean();
    }
}
