using System.Text.Json.Nodes;
using Xunit;

namespace Millrace.Pbm.Tests;

[Collection(ClusterGroup.Name)]
public sealed class ClusterCommandTests(TestCluster cluster)
{
    [Fact]
    public async Task Cluster_show_names_the_members_and_the_leading_JobManager()
    {
        JsonNode shown = (await Pbm("cluster", "show", "--output", "json")).Json;

        JsonNode member = Assert.Single(shown["members"]!.AsArray())!;
        Assert.Equal(cluster.Cluster.Nodes[0], (string)member["node"]!);
        Assert.Equal(("UP", true), ((string)member["state"]!, (bool)member["reachable"]!));
        Assert.Equal(["jobmanager", "taskmanager"], member["roles"]!.AsArray().Select(r => (string)r!));
        Assert.Equal(cluster.Cluster.Nodes[0], (string)shown["leader"]!);
    }

    [Fact]
    public async Task Nothing_is_down_where_everything_is_reachable() =>
        Assert.Equal("[]\n", (await Pbm("cluster", "down-unreachable", "--output", "json")).Out);

    [Theory]
    [InlineData("leave")]
    [InlineData("down")]
    public async Task A_node_that_is_none_is_refused_with_those_there_are(string command)
    {
        PbmRun run = await Pbm("cluster", command, "10.0.0.1:1");
        Assert.Equal((1, $"There is no node '10.0.0.1:1'; there are {cluster.Cluster.Nodes[0]}.\n"),
            (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task The_actors_of_a_node_are_a_tree_with_the_JobManager_in_it()
    {
        JsonNode tree = (await Pbm("actor", "hierarchy", "--output", "json")).Json;
        Assert.Equal("millrace", (string)tree["name"]!);
        Assert.Contains(Named(tree), n => (string?)n["type"] == "JobManagerActor");

        string text = (await Pbm("actor", "hierarchy", cluster.Cluster.Nodes[0])).Out;
        Assert.Contains("inspector  NodeInspector", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shard_of_a_TaskManager_is_on_its_node()
    {
        string node = cluster.Cluster.Nodes[0];
        JsonNode shard = Assert.Single((await Pbm("sharding", "shards", "--output", "json")).Json.AsArray())!;
        Assert.Equal((node, 16), ((string)shard["node"]!, (int)shard["entities"]!));
        JsonNode region = Assert.Single(
            (await Pbm("sharding", "regions", "--output", "json")).Json.AsArray())!;
        Assert.Equal((node, 1), ((string)region["node"]!, (int)region["shards"]!));
    }

    [Fact]
    public async Task TaskManagers_are_listed_with_their_slots()
    {
        JsonNode node = Assert.Single((await Pbm("taskmanager", "list", "--output", "json")).Json.AsArray())!;
        Assert.Equal((cluster.Cluster.Nodes[0], 16), ((string)node["node"]!, (int)node["slots"]!));
        Assert.Equal(16, (await Pbm("taskmanager", "slots", "--output", "json")).Json.AsArray().Count);
    }

    private static IEnumerable<JsonNode> Named(JsonNode tree) =>
        [tree, .. (tree["children"]?.AsArray() ?? []).SelectMany(c => Named(c!))];

    private Task<PbmRun> Pbm(params string[] arguments) =>
        PbmRun.Of(Path.GetTempPath(), [cluster.Address, .. arguments]);
}
