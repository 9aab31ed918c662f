using System.Collections.Immutable;
using Akka.Actor;
using Millrace.JobManager.Execution;
using Millrace.Shared.Keys;

namespace Millrace.JobManager.Scheduling;

/// <summary>A slot of a registered TaskManager.</summary>
/// <param name="Id">host:port/index.</param>
/// <param name="Node">host:port.</param>
internal sealed record Slot(string Id, string Node, IActorRef Actor)
{
    /// <summary>host:port where its process takes records of other processes; empty: nowhere.</summary>
    public string Exchange { get; init; } = "";
}

/// <summary>
/// The slots of one attempt and the key groups that each owns: how records, state and barriers find their
/// way. Slot i runs subtask i of every vertex that has one, so all pipelined operators of a key group share a
/// slot.
/// </summary>
internal sealed record SlotTable(ImmutableArray<Slot> Slots, int MaxParallelism)
{
    public Slot SlotOf(SubtaskKey subtask) => Slots[subtask.Index];

    public Slot SlotOf(int keyGroup) => Slots[KeyGroups.SubtaskOf(keyGroup, MaxParallelism, Slots.Length)];

    public KeyGroupRange RangeOf(int slot) => KeyGroups.RangeOf(slot, MaxParallelism, Slots.Length);
}
