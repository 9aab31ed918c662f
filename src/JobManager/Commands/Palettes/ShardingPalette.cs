using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Shared.Membership;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>The palette <c>sharding</c>: where the slots' shards are.</summary>
internal static class ShardingPalette
{
    public static Palette Create(SlotRegion region, TimeProvider time) =>
        new("sharding", "Shows where the shards of slots are.",
        [
            Command.Of(Regions, async (_, cancel) => new JsonArray(
            [
                .. (await region.ShardsAsync(time, cancel).ConfigureAwait(false)).Select(r => new JsonObject
                {
                    ["node"] = NodeNames.Of(r.Key),
                    ["shards"] = r.Value.Count,
                    ["entities"] = r.Value.Values.Sum(),
                }),
            ])),
            Command.Of(Shards, async (_, cancel) => new JsonArray(
            [
                .. (await region.ShardsAsync(time, cancel).ConfigureAwait(false))
                    .SelectMany(r => r.Value.Select(shard => new JsonObject
                    {
                        ["shard"] = shard.Key,
                        ["node"] = NodeNames.Of(r.Key),
                        ["entities"] = shard.Value,
                    })),
            ])),
        ]);

    private static CommandDescription Regions => new()
    {
        Name = "regions",
        Help = "Lists the nodes' shard regions.",
        CanRepeat = true,
        Sections =
        [
            new Section(SectionKinds.Table, "", "",
            [
                new("node", "Node", ColumnKinds.Id),
                new("shards", "Shards", ColumnKinds.Number),
                new("entities", "Slots", ColumnKinds.Number),
            ]),
        ],
    };

    private static CommandDescription Shards => new()
    {
        Name = "shards",
        Help = "Lists the shards with the node that each is on.",
        CanRepeat = true,
        Sections =
        [
            new Section(SectionKinds.Table, "", "",
            [
                new("shard", "Shard", ColumnKinds.Id),
                new("node", "Node"),
                new("entities", "Slots", ColumnKinds.Number),
            ]),
        ],
    };
}
