using System.Text.Json.Nodes;
using Akka.Cluster;
using Millrace.CommandProtocol;
using Millrace.Shared.Membership;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>The palette <c>cluster</c>: membership.</summary>
internal static class ClusterPalette
{
    public static Palette Create(ClusterNodes nodes, LeaderClient leader) =>
        new("cluster", "Shows the nodes of the cluster, and takes some out.",
        [
            Command.Of(Show, (_, _) => Task.FromResult<JsonNode?>(Members(nodes, leader))),
            new Command(
                OfNode("leave", "Lets a node leave in order; returns when it is gone."),
                (call, cancel) => RemoveAsync(nodes, call, nodes.Leave, cancel)),
            new Command(
                OfNode("down", "Removes a node at once, whatever becomes of it."),
                (call, cancel) => RemoveAsync(nodes, call, nodes.Down, cancel)),
            Command.Of(DownUnreachable, (_, _) => Task.FromResult<JsonNode?>(RemoveUnreachable(nodes))),
        ]);

    /// <summary>An argument that names a node.</summary>
    public static Parameter Node { get; } = new()
    {
        Name = "node",
        Value = "NODE",
        Help = "A node's host:port, as cluster show prints it.",
        IsRequired = true,
        Completes = Completion.Nodes,
    };

    private static CommandDescription Show => new()
    {
        Name = "show",
        Help = "Shows the members as the answering node sees them.",
        CanRepeat = true,
        Sections =
        [
            new Section(SectionKinds.Record, "", "",
            [
                new("cluster", "Cluster"),
                new("node", "Seen from"),
                new("leader", "Leading JobManager"),
            ]),
            new Section(SectionKinds.Table, "members", "Members",
            [
                new("node", "Node", ColumnKinds.Id),
                new("roles", "Roles"),
                new("state", "State", ColumnKinds.State),
                new("reachable", "Reachable"),
            ]),
        ],
    };

    private static CommandDescription DownUnreachable => new()
    {
        Name = "down-unreachable",
        Help = "Removes every node that the answering node cannot reach.",
        CanRepeat = true,
        Sections = [new Section(SectionKinds.Table, "", "", [new("node", "Removed", ColumnKinds.Id)])],
    };

    private static CommandDescription OfNode(string name, string help) => new()
    {
        Name = name,
        Help = help,
        CanRepeat = true,
        Arguments = [Node],
        Sections =
        [
            new Section(SectionKinds.Record, "", "",
                [new("node", "Node", ColumnKinds.Id), new("state", "State", ColumnKinds.State)]),
        ],
    };

    private static JsonObject Members(ClusterNodes nodes, LeaderClient leader)
    {
        IReadOnlySet<Member> unreachable = nodes.Unreachable;
        return new JsonObject
        {
            ["cluster"] = nodes.ClusterName,
            ["node"] = nodes.Self,
            ["leader"] = leader.Leader is { } address ? NodeNames.Of(address) : null,
            ["members"] = new JsonArray([.. nodes.All.Select(m => new JsonObject
            {
                ["node"] = NodeNames.Of(m.Address),
                ["roles"] = new JsonArray([.. m.Roles.Order().Select(r => JsonValue.Create(r))]),
                ["state"] = State(m),
                ["reachable"] = !unreachable.Contains(m),
            })]),
        };
    }

    private static async Task<Result> RemoveAsync(
        ClusterNodes nodes, CommandCall call, Action<Member> remove, CancellationToken cancel)
    {
        string name = call.Arguments.Required("node");
        // A node that leaves may be the one that was asked first.
        if (call.IsRepeated && nodes.FindOrNull(name) is null) return new Result(Removed(name));
        Member member = nodes.Find(name);
        remove(member);
        if (await nodes.IsGoneAsync(member, cancel).ConfigureAwait(false)) return new Result(Removed(name));
        string state = nodes.FindOrNull(name) is { } now ? State(now) : "REMOVED";
        return new Result(
            new JsonObject { ["node"] = name, ["state"] = state }, $"The node {name} is still {state}.");
    }

    private static JsonArray RemoveUnreachable(ClusterNodes nodes)
    {
        List<Member> unreachable = [.. nodes.Unreachable];
        foreach (Member member in unreachable) nodes.Down(member);
        return [.. unreachable.Select(m => Removed(NodeNames.Of(m.Address)))];
    }

    private static JsonObject Removed(string name) => new() { ["node"] = name, ["state"] = "REMOVED" };

    private static string State(Member member) => member.Status.ToString().ToUpperInvariant();
}
