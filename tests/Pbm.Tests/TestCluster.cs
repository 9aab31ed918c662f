using Millrace.Local;
using Xunit;

namespace Millrace.Pbm.Tests;

/// <summary>One cluster for all tests that only need some cluster.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private LocalCluster? _cluster;

    internal LocalCluster Cluster => _cluster!;

    /// <summary>Each line is for the test that made it.</summary>
    internal LogProbe Log { get; } = new();

    internal string Address => Cluster.CommandAddress!;

    public async Task InitializeAsync() =>
        _cluster = await LocalCluster.StartAsync(new LocalClusterOptions
        {
            CommandPort = 0,
            SlotsPerTaskManager = 16,
            Logging = Log,
        });

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ClusterGroup : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";
}
