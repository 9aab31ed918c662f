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
    /// <summary>In a table: no subtask that is deployed with it uses this place.</summary>
    public static readonly Slot None = new("", "", ActorRefs.Nobody);

    /// <summary>host:port where its process takes records of other processes; empty: nowhere.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>Slots of its TaskManager, this one included.</summary>
    public int SlotsOfNode { get; init; }
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

/// <summary>
/// The slots that a job holds, by index; a place is empty before it got one and after it has lost it.
/// </summary>
internal sealed class SlotAssignment(int count)
{
    private readonly Slot?[] _slots = new Slot?[count];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public int Count => _slots.Length;

    public int Missing => _slots.Length - _indexes.Count;

    public IEnumerable<Slot> Held => _slots.OfType<Slot>();

    public Slot? this[int index] => (uint)index < (uint)_slots.Length ? _slots[index] : null;

    public bool HasAllOf(Region region) => region.Subtasks.All(k => _slots[k.Index] is not null);

    public void Fill(IEnumerable<Slot> slots)
    {
        int at = 0;
        foreach (Slot slot in slots)
        {
            while (at < _slots.Length && _slots[at] is not null) at++;
            if (at == _slots.Length) return;
            _slots[at] = slot;
            _indexes.Add(slot.Id, at);
        }
    }

    /// <returns>Its index; -1 when the job does not hold it.</returns>
    public int IndexOf(string slotId) => _indexes.GetValueOrDefault(slotId, -1);

    public void Lose(int index)
    {
        if (_slots[index] is { } slot) _indexes.Remove(slot.Id);
        _slots[index] = null;
    }

    public void Clear()
    {
        Array.Clear(_slots);
        _indexes.Clear();
    }

    public SlotTable ToTable(int maxParallelism) =>
        new([.. _slots.Select(s => s ?? Slot.None)], maxParallelism);
}
