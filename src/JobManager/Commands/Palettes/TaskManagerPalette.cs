using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands.Palettes;

/// <summary>The palette <c>taskmanager</c>: what the TaskManagers offer, and who uses it.</summary>
internal static class TaskManagerPalette
{
    public static Palette Create(LeaderClient leader)
    {
        Task<TaskManagerList> AskAsync(CancellationToken cancel) =>
            leader.AskAsync<TaskManagerList>(new ListTaskManagers(), cancel);
        return new Palette("taskmanager", "Shows the TaskManagers and their slots.",
        [
            Command.Of(List, async (_, cancel) => Nodes(await AskAsync(cancel).ConfigureAwait(false))),
            Command.Of(Slots, async (_, cancel) => SlotsOf(await AskAsync(cancel).ConfigureAwait(false))),
        ]);
    }

    private static CommandDescription List => new()
    {
        Name = "list",
        Help = "Lists the TaskManagers that are registered with the leading JobManager.",
        CanRepeat = true,
        Sections =
        [
            new Section(SectionKinds.Table, "", "",
            [
                new("node", "Node", ColumnKinds.Id),
                new("slots", "Slots", ColumnKinds.Number),
                new("free", "Free", ColumnKinds.Number),
                new("memoryBytes", "Memory", ColumnKinds.Bytes),
                new("cpus", "CPUs", ColumnKinds.Number),
                new("exchange", "Data port"),
                new("registeredAt", "Registered", ColumnKinds.Time),
            ]),
        ],
    };

    private static CommandDescription Slots => new()
    {
        Name = "slots",
        Help = "Lists the slots with the job that each works for.",
        CanRepeat = true,
        Sections =
        [
            new Section(SectionKinds.Table, "", "",
            [
                new("slot", "Slot", ColumnKinds.Id),
                new("node", "Node"),
                new("jobName", "Job"),
                new("job", "Job ID", ColumnKinds.Id),
            ]),
        ],
    };

    private static JsonArray Nodes(TaskManagerList list) =>
    [
        .. Ordered(list).Select(t => new JsonObject
        {
            ["node"] = t.Node,
            ["slots"] = t.Slots.Count,
            ["free"] = t.Slots.Count(s => s.JobId.Length == 0),
            ["memoryBytes"] = t.MemoryBytes,
            ["cpus"] = t.Cpus,
            ["exchange"] = t.Exchange,
            ["registeredAt"] = t.RegisteredAt,
        }),
    ];

    private static IEnumerable<TaskManagerReport> Ordered(TaskManagerList list) =>
        list.TaskManagers.OrderBy(t => t.Node, StringComparer.Ordinal);

    private static JsonArray SlotsOf(TaskManagerList list) =>
    [
        .. Ordered(list).SelectMany(t => t.Slots.Select(s => new JsonObject
        {
            ["slot"] = s.SlotId,
            ["node"] = t.Node,
            ["job"] = s.JobId,
            ["jobName"] = s.JobName,
        })),
    ];
}
