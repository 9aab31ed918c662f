using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>
/// One cluster for tests that each leave it as they found it: two JobManagers and two TaskManagers, whoever
/// they are. A start costs seconds, so those that do not need a cluster of their own share this one.
/// </summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private const int JobManagers = 2, TaskManagers = 2, Slots = 4;

    private TestCluster? _cluster;

    /// <summary>Null while the cluster is whole; what could not be mended fails the tests that come
    /// after.</summary>
    private string? _problem;

    private TestCluster Cluster => _cluster!;

    public async Task InitializeAsync()
    {
        _cluster = NewCluster();
        await Cluster.StartAsync(JobManagers, TaskManagers, Slots);
    }

    /// <summary>The cluster with all its members, however the last test has left it.</summary>
    internal async Task<TestCluster> WholeAsync()
    {
        Assert.True(_problem is null, _problem);
        _problem = "An earlier test has left the cluster in pieces.";
        await FillAsync(ProcessRole.JobManager, JobManagers);
        await FillAsync(ProcessRole.TaskManager, TaskManagers);
        _problem = null;
        return Cluster;
    }

    public async Task DisposeAsync()
    {
        await using TestCluster cluster = Cluster;
        await cluster.StopAsync();
    }

    private static TestCluster NewCluster() => new();

    private async Task FillAsync(ProcessRole role, int count)
    {
        while (Cluster.Of(role).Count < count) await Cluster.AddAsync(role);
        foreach (NodeProcess process in Cluster.Of(role)) await Cluster.Cluster.ReadyAsync(process);
    }
}

[CollectionDefinition(Name)]
public sealed class SharedClusterGroup : ICollectionFixture<SharedCluster>
{
    public const string Name = "shared cluster";
}
