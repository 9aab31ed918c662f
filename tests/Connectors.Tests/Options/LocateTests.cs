using System.Collections.Immutable;
using Millrace.Connectors.DataGen;
using Millrace.Connectors.Files;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Options;

/// <summary>Relative places are those of who submits; what is no place stays as it is.</summary>
public sealed class LocateTests
{
    [Theory]
    [InlineData("events", "/home/u/events")]
    [InlineData("../events", "/home/events")]
    [InlineData("/data/events", "/data/events")]
    [InlineData("file:///data/events", "file:///data/events")]
    [InlineData("hdfs://nn/events", "hdfs://nn/events")]
    [InlineData("", "")]
    public void Files_are_below_the_folder(string path, string located) =>
        Assert.Equal(
            located, new FileSystemConnector().Locate(Table("path", path), "/home/u").Option("path"));

    [Theory]
    [InlineData("jdbc:sqlite:a.db", "jdbc:sqlite:/home/u/a.db")]
    [InlineData("jdbc:sqlite:/tmp/a.db", "jdbc:sqlite:/tmp/a.db")]
    [InlineData("jdbc:sqlite::memory:", "jdbc:sqlite::memory:")]
    [InlineData("jdbc:sqlite:file:a.db?x=1", "jdbc:sqlite:file:a.db?x=1")]
    [InlineData("jdbc:mysql://db/a", "jdbc:mysql://db/a")]
    [InlineData("nonsense", "nonsense")]
    public void A_SQLite_file_is_below_the_folder_and_a_server_is_nowhere(string url, string located) =>
        Assert.Equal(located, new JdbcConnector().Locate(Table("url", url), "/home/u").Option("url"));

    [Fact]
    public void A_connector_without_places_changes_nothing()
    {
        TableSpec table = Table("path", "x");
        Assert.Same(table, ((IConnector)new DataGenConnector()).Locate(table, "/home/u"));
    }

    private static TableSpec Table(string key, string value) => new(
        "t", new Schema([]), [], [], ImmutableSortedDictionary<string, string>.Empty.Add(key, value));
}
