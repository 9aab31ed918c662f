namespace Millrace.Operators.Matching;

/// <summary>
/// A way through the pattern so far. Its rows follow each other without a gap, so it is the number of its
/// first row and how many rows each variable has, in the order of the pattern.
/// </summary>
/// <param name="FirstRow">The sequence number of its first row in the partition; <see cref="NotStarted"/> for
/// none yet.</param>
/// <param name="FirstTime">The time of that row.</param>
/// <param name="State">Of the automaton.</param>
/// <param name="Counts">Its block in <see cref="RowCounts"/>; <see cref="RowCounts.None"/> for none
/// yet.</param>
internal readonly record struct PartialMatch(long FirstRow, long FirstTime, int State, int Counts)
{
    public const long NotStarted = long.MaxValue;

    public bool IsStart => FirstRow == NotStarted;

    public static PartialMatch Start(int state) => new(NotStarted, long.MaxValue, state, RowCounts.None);
}
