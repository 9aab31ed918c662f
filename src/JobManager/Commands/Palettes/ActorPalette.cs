using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>The palette <c>actor</c>: a look into a node.</summary>
internal static class ActorPalette
{
    public static Palette Create(ClusterNodes nodes) => new("actor", "Looks at the actors of a node.",
    [
        Command.Of(Hierarchy, async (call, cancel) => Tree(await nodes.ActorsAsync(
            nodes.Find(call.Arguments.Text("node") ?? nodes.Self), cancel).ConfigureAwait(false))),
    ]);

    private static CommandDescription Hierarchy => new()
    {
        Name = "hierarchy",
        Help = "Shows the actors of a node as a tree.",
        CanRepeat = true,
        Arguments =
        [
            ClusterPalette.Node with
            {
                IsRequired = false,
                Help = "A node's host:port; else the answering one.",
            },
        ],
        Sections = [new Section(SectionKinds.Tree, "", "", [new("name", "Name"), new("type", "Type")])],
    };

    private static JsonObject Tree(ActorTree actor)
    {
        var tree = new JsonObject { ["name"] = actor.Name, ["type"] = actor.Type };
        if (actor.HasMore) tree["hasMore"] = true;
        if (actor.Children.Count > 0) tree["children"] = new JsonArray([.. actor.Children.Select(Tree)]);
        return tree;
    }
}
