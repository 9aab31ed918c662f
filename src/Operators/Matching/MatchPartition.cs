using Millrace.Operators.State;

namespace Millrace.Operators.Matching;

/// <summary>The rows and partial matches of one key; once a snapshot shares it, a copy goes on.</summary>
internal sealed class MatchPartition : SlotObject
{
    public const long NoWake = long.MaxValue;

    public MatchPartition(int epoch) : base(epoch)
    {
    }

    private MatchPartition(MatchPartition other, int epoch) : base(epoch)
    {
        Slot = other.Slot;
        Waiting = other.Waiting.Share();
        IsSorted = other.IsSorted;
        NextArrival = other.NextArrival;
        Held = other.Held.Share();
        FirstHeld = other.FirstHeld;
        Partials = other.Partials.Share();
        Complete = other.Complete.Share();
        WakeAt = other.WakeAt;
    }

    /// <summary>Its slot in the table, which leads to its key.</summary>
    public int Slot { get; set; }

    /// <summary>Rows whose time has not come.</summary>
    public MatchRows Waiting = new();

    /// <summary>Whether <see cref="Waiting"/> is in the order of time.</summary>
    public bool IsSorted { get; set; } = true;

    public int NextArrival { get; set; }

    /// <summary>Rows that partial matches hold, in order, without a gap.</summary>
    public MatchRows Held = new();

    /// <summary>The sequence number of the first row held.</summary>
    public long FirstHeld { get; set; }

    /// <summary>Ways through the pattern that go on, among them the one that has not begun.</summary>
    public PartialQueue Partials = new();

    /// <summary>Complete matches that wait for earlier ones to be decided.</summary>
    public PartialQueue Complete = new();

    /// <summary>When to look at the partition next without a new row; the table's own.</summary>
    public long WakeAt { get; set; } = NoWake;

    public bool IsIdle => Waiting.Count == 0 && Held.Count == 0 && Partials.Count == 1 && Complete.Count == 0;

    /// <summary>The earliest time of a waiting row; there must be one.</summary>
    public long FirstWaitingTime
    {
        get
        {
            long first = Waiting[0].Time;
            if (!IsSorted)
                foreach (ref readonly MatchRow row in Waiting.Span) first = Math.Min(first, row.Time);
            return first;
        }
    }

    public void AddWaiting(long time, int slot, uint fits)
    {
        int count = Waiting.Count;
        if (count == 0) (NextArrival, IsSorted) = (0, true);
        else if (IsSorted && time < Waiting[count - 1].Time) IsSorted = false;
        Waiting.Add(new MatchRow(time, slot, fits, NextArrival++));
    }

    public int SlotOf(long row) => Held[(int)(row - FirstHeld)].Slot;

    public long TimeOf(long row) => Held[(int)(row - FirstHeld)].Time;

    public override SlotObject CopyFor(int epoch) => new MatchPartition(this, epoch);
}
