namespace Millrace.Operators.Matching;

/// <summary>The rows and partial matches of one key.</summary>
internal sealed class MatchPartition
{
    public const long NoWake = long.MaxValue;

    /// <summary>Where the key's columns are in the key store.</summary>
    public int KeySlot { get; set; }

    public int Hash { get; set; }

    public MatchPartition? NextInBucket { get; set; }

    /// <summary>Rows whose time has not come.</summary>
    public MatchRows Waiting { get; } = new();

    /// <summary>Whether <see cref="Waiting"/> is in the order of time.</summary>
    public bool IsSorted { get; set; } = true;

    public int NextArrival { get; set; }

    /// <summary>Rows that partial matches hold, in order, without a gap.</summary>
    public MatchRows Held { get; } = new();

    /// <summary>The sequence number of the first row held.</summary>
    public long FirstHeld { get; set; }

    /// <summary>Ways through the pattern that go on, among them the one that has not begun.</summary>
    public PartialQueue Partials { get; set; } = new();

    /// <summary>Complete matches that wait for earlier ones to be decided.</summary>
    public PartialQueue Complete { get; } = new();

    /// <summary>When to look at the partition next without a new row; the table's own.</summary>
    public long WakeAt { get; set; } = NoWake;

    public bool IsIdle => Waiting.Count == 0 && Held.Count == 0 && Partials.Count == 1 && Complete.Count == 0;

    public void AddWaiting(long time, int slot, uint fits)
    {
        int count = Waiting.Count;
        if (count == 0) NextArrival = 0;
        else if (IsSorted && time < Waiting[count - 1].Time) IsSorted = false;
        Waiting.Add(new MatchRow(time, slot, fits, NextArrival++));
    }

    public int SlotOf(long row) => Held[(int)(row - FirstHeld)].Slot;

    public long TimeOf(long row) => Held[(int)(row - FirstHeld)].Time;
}
