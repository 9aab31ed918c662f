namespace Millrace.JobManager.Execution;

/// <summary>
/// What all regions of a job are together. A job may have ten thousand of them and hears of each several
/// times a second, so nothing here looks at more than one: a region takes itself out before it changes and
/// puts itself in again afterwards.
/// </summary>
internal sealed class RegionTotals
{
    /// <summary>How many states a subtask can have.</summary>
    public const int States = (int)SubtaskState.Failed + 1;

    private readonly int[] _subtasks = new int[States];

    public int Regions { get; private set; }

    /// <summary>Regions of which all subtasks run or have got further.</summary>
    public int Started { get; private set; }

    /// <summary>Regions that are at slots, or may be, or whose attempt has begun.</summary>
    public int Alive { get; private set; }

    public int PendingRestarts { get; private set; }

    /// <summary>Subtasks of the regions that are deployed.</summary>
    public int Count(SubtaskState state) => _subtasks[(int)state];

    public void Add(Region region) => Count(region, 1);

    public void Remove(Region region) => Count(region, -1);

    private void Count(Region region, int by)
    {
        Regions += by;
        PendingRestarts += by * region.PendingRestarts;
        if (region.IsAlive) Alive += by;
        if (region.HaveAllStarted) Started += by;
        if (!region.IsDeployed) return;
        for (int state = 0; state < States; state++)
            _subtasks[state] += by * region.Count((SubtaskState)state);
    }
}
