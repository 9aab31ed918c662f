namespace Millrace.TaskManager.Slots;

/// <summary>
/// A slot's id is <c>host:port/index</c>: its shard is the node, so the id alone says where it runs.
/// </summary>
internal static class SlotIds
{
    public static string Of(string node, int index) => $"{node}/{index}";

    public static string NodeOf(string slotId) => slotId[..slotId.LastIndexOf('/')];
}
