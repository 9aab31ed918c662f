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
        await cluster.StartAsync(jobManagers, taskManagers, slots);
        var jobs = new EdNetJobs(cluster, copyCount: 1);
        jobs.Prepare();
        await jobs.SubmitAsync();
        Assert.All(await jobs.FinishAsync(Limit), j => Assert.Equal(0, j.Restarts));
        jobs.AssertExact();
        await cluster.StopAsync();
        jobs.AssertClean();
    }
}
