using Millrace.Connectors;
using Millrace.Connectors.DataGen;
using Millrace.Connectors.Jdbc;
using Millrace.Local;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>One cluster for all tests of bad input: a job that fails must not harm the others.</summary>
public sealed class BadInputCluster : IAsyncLifetime
{
    private Local.LocalCluster? _cluster;

    internal Local.LocalCluster Cluster => _cluster!;

    internal HeldFiles Held { get; } = new();

    internal FailingCheckpointFiles CheckpointFiles { get; } = new();

    public async Task InitializeAsync() => _cluster = await StartAsync(dataFolder: null);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    internal Task<Local.LocalCluster> StartAsync(string? dataFolder) => Local.LocalCluster.StartAsync(
        new LocalClusterOptions
        {
            DataFolder = dataFolder,
            Connectors = new ConnectorRegistry(Held, new JdbcConnector(), new DataGenConnector()),
            CheckpointFiles = CheckpointFiles,
        });
}

[CollectionDefinition(Name)]
public sealed class BadInputGroup : ICollectionFixture<BadInputCluster>
{
    public const string Name = "bad input";
}
