using System.Collections.Immutable;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>What happens to a region now.</summary>
internal enum RegionPhase
{
    /// <summary>
    /// Nothing of it is at a slot; it waits for the end of its restart delay, or for the end of the job.
    /// </summary>
    Waiting,

    /// <summary>It is deployed as soon as the job has the slots of all its subtasks.</summary>
    Ready,

    /// <summary>
    /// Its attempt has a number that is stored; the checkpoint to start from is being read.
    /// </summary>
    Restoring,

    /// <summary>Its subtasks are at their slots.</summary>
    Deployed,

    /// <summary>Its subtasks have been told to stop.</summary>
    Stopping,
}

/// <summary>
/// A set of subtasks that channels connect, directly or through others: a failure of one leaves gaps in the
/// channels of all, and of nobody else. It restarts alone, with an attempt number of its own.
/// </summary>
/// <param name="totals">Of all regions of the job; every change of this one goes through
/// <see cref="Change"/>, which keeps them.</param>
internal sealed class Region(int index, ImmutableArray<SubtaskKey> subtasks, RegionTotals totals)
{
    private readonly int[] _counts = new int[RegionTotals.States];

    public int Index { get; } = index;

    /// <summary>By vertex, then by index.</summary>
    public ImmutableArray<SubtaskKey> Subtasks { get; } = subtasks;

    public RegionPhase Phase { get; private set; } = RegionPhase.Ready;

    /// <summary>The number of its last attempt, 0 before the first.</summary>
    public int Attempt { get; private set; }

    /// <summary>The checkpoint of the job that its attempt starts from; null: another one or none.</summary>
    public CheckpointTaken? RestoredFrom { get; set; }

    /// <summary>What follows once it has stopped; null: the end of the job.</summary>
    public AfterStop.Restart? Restart { get; private set; }

    /// <summary>Restarts that the strategy has decided since its last attempt began.</summary>
    public int PendingRestarts { get; private set; }

    /// <summary>Its subtasks are at slots, or may be.</summary>
    public bool IsDeployed => Phase is RegionPhase.Deployed or RegionPhase.Stopping;

    public bool IsAlive => IsDeployed || Phase == RegionPhase.Restoring;

    /// <summary>
    /// All of its attempt ran at a time: whatever fails from then on is no matter of its start.
    /// </summary>
    public bool HasRun { get; private set; }

    /// <summary>All run or have got further.</summary>
    public bool HaveAllStarted => Phase == RegionPhase.Deployed && Count(SubtaskState.Deploying) == 0;

    public bool HaveAllStopped =>
        Count(SubtaskState.Finished) + Count(SubtaskState.Canceled) + Count(SubtaskState.Failed)
        == Subtasks.Length;

    public int Count(SubtaskState state) => _counts[(int)state];

    public void BeginAttempt(int attempt) => Change(() =>
    {
        Phase = RegionPhase.Restoring;
        Attempt = attempt;
        Restart = null;
        PendingRestarts = 0;
    });

    public void Deploy() => Change(() =>
    {
        Phase = RegionPhase.Deployed;
        HasRun = false;
        Array.Clear(_counts);
        _counts[(int)SubtaskState.Deploying] = Subtasks.Length;
    });

    /// <param name="restart">Null: the job ends.</param>
    public void Stop(AfterStop.Restart? restart) => Change(() =>
    {
        Restart = restart;
        if (restart is { IsCounted: true }) PendingRestarts++;
        Phase = Phase == RegionPhase.Deployed ? RegionPhase.Stopping : RegionPhase.Waiting;
    });

    public void HasStopped() => Change(() => Phase = RegionPhase.Waiting);

    public void BecomeReady() => Change(() => Phase = RegionPhase.Ready);

    public void Move(SubtaskState from, SubtaskState to) => Change(() =>
    {
        _counts[(int)from]--;
        _counts[(int)to]++;
        HasRun |= Count(SubtaskState.Running) + Count(SubtaskState.DataEnded) == Subtasks.Length;
    });

    private void Change(Action change)
    {
        totals.Remove(this);
        change();
        totals.Add(this);
    }
}

/// <summary>The regions of a job: the connected components of its subtasks.</summary>
internal static class Regions
{
    /// <param name="totals">Empty; counts these regions from now on.</param>
    public static ImmutableArray<Region> Of(JobGraph job, RegionTotals totals)
    {
        int[] first = new int[job.Vertices.Length + 1];
        for (int i = 0; i < job.Vertices.Length; i++) first[i + 1] = first[i] + job.Vertices[i].Parallelism;
        int[] parents = [.. Enumerable.Range(0, first[^1])];
        foreach (JobEdge edge in job.Edges) Join(job, edge, first, parents);
        var members = new SortedDictionary<int, List<SubtaskKey>>();
        for (int vertex = 0; vertex < job.Vertices.Length; vertex++)
            for (int index = 0; index < job.Vertices[vertex].Parallelism; index++)
            {
                int root = Root(parents, first[vertex] + index);
                if (!members.TryGetValue(root, out List<SubtaskKey>? keys)) members.Add(root, keys = []);
                keys.Add(new SubtaskKey(vertex, index));
            }
        ImmutableArray<Region> regions =
            [.. members.Values.Select((keys, i) => new Region(i, [.. keys], totals))];
        foreach (Region region in regions) totals.Add(region);
        return regions;
    }

    /// <summary>Forward joins index by index; every other exchange joins all with all.</summary>
    private static void Join(JobGraph job, JobEdge edge, int[] first, int[] parents)
    {
        int from = job.Vertices[edge.From].Parallelism;
        int to = job.Vertices[edge.To].Parallelism;
        if (edge.Kind == ExchangeKind.Forward && from == to)
        {
            for (int i = 0; i < from; i++) Join(parents, first[edge.From] + i, first[edge.To] + i);
            return;
        }
        for (int i = 0; i < from; i++) Join(parents, first[edge.To], first[edge.From] + i);
        for (int i = 1; i < to; i++) Join(parents, first[edge.To], first[edge.To] + i);
    }

    private static void Join(int[] parents, int a, int b)
    {
        int x = Root(parents, a);
        int y = Root(parents, b);
        parents[Math.Max(x, y)] = Math.Min(x, y);
    }

    private static int Root(int[] parents, int of)
    {
        while (parents[of] != of) of = parents[of] = parents[parents[of]];
        return of;
    }
}
