using System.Collections.Immutable;

namespace Millrace.JobManager.Scheduling;

/// <summary>
/// All slots of the cluster, which job has which, and who waits. A job gets all its slots at once or none;
/// jobs wait in the order of their submission, and none overtakes another.
/// </summary>
internal sealed class SlotPool
{
    private readonly Dictionary<string, Slot> _slots = [];
    private readonly Dictionary<string, JobId> _owners = [];
    private readonly SortedDictionary<long, SlotRequest> _waiting = [];

    public int Count => _slots.Count;

    public int FreeCount => _slots.Count - _owners.Count;

    public IEnumerable<Slot> Slots => _slots.Values;

    public JobId? OwnerOf(string slot) => _owners.TryGetValue(slot, out JobId job) ? job : null;

    /// <summary>What the node offers now; slots of it that are not named are gone.</summary>
    public void Register(string node, IReadOnlyCollection<Slot> offered)
    {
        HashSet<string> still = [.. offered.Select(s => s.Id)];
        foreach (Slot gone in _slots.Values.Where(s => s.Node == node && !still.Contains(s.Id)).ToList())
            Forget(gone);
        foreach (Slot slot in offered)
        {
            // A slot whose actor is another one has lost what ran in it.
            if (_slots.TryGetValue(slot.Id, out Slot? known) && !known.Actor.Equals(slot.Actor))
                Forget(known);
            _slots[slot.Id] = slot;
        }
    }

    public void Lose(string node)
    {
        foreach (Slot gone in _slots.Values.Where(s => s.Node == node).ToList()) Forget(gone);
    }

    /// <summary>The job gives back what it has and waits for <paramref name="count"/> slots.</summary>
    /// <param name="sequence">The job's number in the order of submission.</param>
    public void Request(JobId job, long sequence, int count)
    {
        Free(job);
        _waiting[sequence] = new SlotRequest(job, sequence, count);
    }

    /// <summary>The job needs no slots any more and waits for none.</summary>
    public void Release(JobId job)
    {
        Free(job);
        foreach (SlotRequest request in _waiting.Values.Where(r => r.Job == job).ToList())
            _waiting.Remove(request.Sequence);
    }

    /// <summary>Gives slots to those who wait, in order, until the first one that can't be served.</summary>
    public IReadOnlyList<SlotGrant> GrantWaiting()
    {
        var grants = new List<SlotGrant>();
        while (_waiting.Count > 0)
        {
            SlotRequest next = _waiting.First().Value;
            if (next.Count > FreeCount) break;
            _waiting.Remove(next.Sequence);
            ImmutableArray<Slot> slots = Choose(next.Count);
            foreach (Slot slot in slots) _owners[slot.Id] = next.Job;
            grants.Add(new SlotGrant(next.Job, slots));
        }
        return grants;
    }

    /// <summary>For people: what the job waits for; null when it does not wait.</summary>
    public string? DescribeWait(JobId job)
    {
        SlotRequest? request = _waiting.Values.FirstOrDefault(r => r.Job == job);
        if (request is null) return null;
        int before = _waiting.Keys.Count(k => k < request.Sequence);
        return $"waits for {request.Count} slots: {FreeCount} of {Count} are free, "
            + $"{before} jobs wait before it";
    }

    /// <summary>Each from the node with the most slots free, so that a job spreads over the nodes.</summary>
    private ImmutableArray<Slot> Choose(int count)
    {
        var free = _slots.Values.Where(s => !_owners.ContainsKey(s.Id))
            .GroupBy(s => s.Node)
            .ToDictionary(g => g.Key, g => new Queue<Slot>(
                g.OrderBy(s => s.Id, StringComparer.Ordinal)), StringComparer.Ordinal);
        var chosen = ImmutableArray.CreateBuilder<Slot>(count);
        while (chosen.Count < count)
        {
            Queue<Slot> most = free.OrderByDescending(
                f => f.Value.Count).ThenBy(f => f.Key, StringComparer.Ordinal).First().Value;
            chosen.Add(most.Dequeue());
        }
        return chosen.MoveToImmutable();
    }

    private void Free(JobId job)
    {
        foreach (string slot in _owners.Where(o => o.Value == job).Select(o => o.Key).ToList())
            _owners.Remove(slot);
    }

    private void Forget(Slot slot)
    {
        _slots.Remove(slot.Id);
        _owners.Remove(slot.Id);
    }
}

internal sealed record SlotRequest(JobId Job, long Sequence, int Count);

internal sealed record SlotGrant(JobId Job, ImmutableArray<Slot> Slots);
