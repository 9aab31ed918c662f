using System.Collections.Immutable;

namespace Millrace.JobManager.Scheduling;

/// <summary>
/// All slots of the cluster, which job has which, and who waits. A job gets all its slots at once or none, on
/// nodes that offer what it needs.
/// </summary>
/// <remarks>
/// Jobs wait in the order of their submission. A later job does not overtake one that could have its slots
/// once others end: the free ones that it could use are kept for it. A job that wants more than the cluster
/// has keeps nothing, so that nobody waits for what may never come.
/// </remarks>
internal sealed class SlotPool
{
    private static readonly Comparer<(int Free, string Node)> MostFreeFirst =
        Comparer<(int Free, string Node)>.Create((a, b) =>
            a.Free != b.Free ? b.Free.CompareTo(a.Free) : string.CompareOrdinal(a.Node, b.Node));

    private readonly Dictionary<string, Slot> _slots = [];
    private readonly Dictionary<string, JobId> _owners = [];
    private readonly SortedDictionary<string, NodeOffer> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, SlotRequest> _waiting = [];
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);

    public int Count => _slots.Count;

    public int FreeCount => _slots.Count - _owners.Count;

    public IEnumerable<Slot> Slots => _slots.Values;

    /// <summary>Jobs that wait for slots, in the order of their submission.</summary>
    public IEnumerable<JobId> Waiting => _waiting.Values.Select(r => r.Job);

    public IEnumerable<NodeOffer> Nodes => _nodes.Values;

    public IEnumerable<Slot> SlotsOf(string node) =>
        _slots.Values.Where(s => s.Node == node).OrderBy(s => s.Id, StringComparer.Ordinal);

    public JobId? OwnerOf(string slot) => _owners.TryGetValue(slot, out JobId job) ? job : null;

    /// <summary>What the node offers now; slots of it that are not named are gone.</summary>
    public void Register(NodeOffer node, IReadOnlyCollection<Slot> offered)
    {
        _nodes[node.Node] = node;
        _closed.Remove(node.Node);
        HashSet<string> still = [.. offered.Select(s => s.Id)];
        foreach (Slot gone in SlotsOf(node.Node).Where(s => !still.Contains(s.Id)).ToList()) Forget(gone);
        foreach (Slot slot in offered)
        {
            // A slot whose actor is another one has lost what ran in it.
            if (_slots.TryGetValue(slot.Id, out Slot? known) && !known.Actor.Equals(slot.Actor))
                Forget(known);
            _slots[slot.Id] = slot;
        }
    }

    /// <summary>
    /// No job gets slots of the node any more; those that have some keep them until it is lost.
    /// </summary>
    public void Close(string node) => _closed.Add(node);

    public void Lose(string node)
    {
        _closed.Remove(node);
        foreach (Slot gone in SlotsOf(node).ToList()) Forget(gone);
        _nodes.Remove(node);
    }

    /// <summary>The job gives back what it does not keep, and waits for slots.</summary>
    /// <param name="sequence">The job's number in the order of submission.</param>
    /// <param name="count">Beside those kept; 0: it waits for none.</param>
    /// <param name="number">Names the request in the grant.</param>
    public void Request(
        JobId job,
        long sequence,
        int count,
        NodeNeeds needs = default,
        IReadOnlyCollection<string>? kept = null,
        long number = 0)
    {
        Free(job, kept ?? []);
        _waiting.Remove(sequence);
        if (count > 0) _waiting.Add(sequence, new SlotRequest(job, sequence, count, needs, number));
    }

    /// <summary>The job needs no slots any more and waits for none.</summary>
    public void Release(JobId job)
    {
        Free(job, []);
        foreach (SlotRequest request in _waiting.Values.Where(r => r.Job == job).ToList())
            _waiting.Remove(request.Sequence);
    }

    /// <summary>Gives slots to those who wait, in order, as far as they reach.</summary>
    public IReadOnlyList<SlotGrant> GrantWaiting()
    {
        var grants = new List<SlotGrant>();
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (SlotRequest request in _waiting.Values.ToList())
        {
            List<Slot> free = [.. FreeFor(request).Where(s => !kept.Contains(s.Id))];
            if (free.Count >= request.Count)
            {
                _waiting.Remove(request.Sequence);
                ImmutableArray<Slot> slots = Choose(free, request.Count);
                foreach (Slot slot in slots) _owners[slot.Id] = request.Job;
                grants.Add(new SlotGrant(request.Job, request.Number, slots));
            }
            else if (Fitting(request.Needs).Count() >= request.Count)
            {
                foreach (Slot slot in free) kept.Add(slot.Id);
            }
        }
        return grants;
    }

    /// <summary>For people: what the job waits for; null when it does not wait.</summary>
    public string? DescribeWait(JobId job)
    {
        SlotRequest? request = _waiting.Values.FirstOrDefault(r => r.Job == job);
        if (request is null) return null;
        string needs = request.Needs.IsAnything ? "" : $" with at least {request.Needs}";
        string fit = request.Needs.IsAnything ? "" : $", {Fitting(request.Needs).Count()} of them qualify";
        int before = _waiting.Keys.Count(k => k < request.Sequence);
        string others = before == 0 ? "" : $"; {Counted(before, "job")} before it";
        return $"needs {Counted(request.Count, "slot")}{needs}; the cluster has {Counted(Count, "slot")} on "
            + $"{Counted(_nodes.Count, "TaskManager")}{fit}, {FreeFor(request).Count()} free{others}";
    }

    /// <summary>Each from the node with the most slots free, so that a job spreads over the nodes.</summary>
    private static ImmutableArray<Slot> Choose(IEnumerable<Slot> from, int count)
    {
        var free = from
            .GroupBy(s => s.Node)
            .ToDictionary(g => g.Key, g => new Queue<Slot>(
                g.OrderBy(s => s.Id, StringComparer.Ordinal)), StringComparer.Ordinal);
        var chosen = ImmutableArray.CreateBuilder<Slot>(count);
        var nodes = new PriorityQueue<Queue<Slot>, (int Free, string Node)>(MostFreeFirst);
        foreach ((string node, Queue<Slot> slots) in free) nodes.Enqueue(slots, (slots.Count, node));
        while (chosen.Count < count)
        {
            Queue<Slot> most = nodes.Dequeue();
            chosen.Add(most.Dequeue());
            if (most.Count > 0) nodes.Enqueue(most, (most.Count, chosen[^1].Node));
        }
        return chosen.MoveToImmutable();
    }

    private IEnumerable<Slot> Fitting(NodeNeeds needs) => _slots.Values.Where(
        s => !_closed.Contains(s.Node)
            && _nodes.TryGetValue(s.Node, out NodeOffer? node) && needs.AreMetBy(node.MemoryBytes, node.Cpus));

    private IEnumerable<Slot> FreeFor(SlotRequest request) =>
        Fitting(request.Needs).Where(s => !_owners.ContainsKey(s.Id));

    private void Free(JobId job, IReadOnlyCollection<string> kept)
    {
        foreach (string slot in _owners.Where(o => o.Value == job).Select(o => o.Key).ToList())
            if (!kept.Contains(slot)) _owners.Remove(slot);
    }

    private void Forget(Slot slot)
    {
        _slots.Remove(slot.Id);
        _owners.Remove(slot.Id);
    }

    private static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}

internal sealed record SlotRequest(JobId Job, long Sequence, int Count, NodeNeeds Needs, long Number);

internal sealed record SlotGrant(JobId Job, long Number, ImmutableArray<Slot> Slots);
