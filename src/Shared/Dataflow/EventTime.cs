namespace Millrace.Shared.Dataflow;

/// <summary>
/// A promise that no row with an event time at or below <paramref name="Milliseconds"/> follows.
/// </summary>
/// <param name="Milliseconds">Since the epoch, UTC (for TIMESTAMP columns: of the wall clock).</param>
public readonly record struct Watermark(long Milliseconds) : IComparable<Watermark>
{
    /// <summary>Nothing is known yet.</summary>
    public static readonly Watermark None = new(long.MinValue);

    /// <summary>The end of the input: no row follows.</summary>
    public static readonly Watermark Max = new(long.MaxValue);

    public int CompareTo(Watermark other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Watermark left, Watermark right) => left.Milliseconds < right.Milliseconds;
    public static bool operator >(Watermark left, Watermark right) => left.Milliseconds > right.Milliseconds;
    public static bool operator <=(Watermark left, Watermark right) =>
        left.Milliseconds <= right.Milliseconds;
    public static bool operator >=(Watermark left, Watermark right) =>
        left.Milliseconds >= right.Milliseconds;
}

/// <summary>Checkpoints of a job are numbered from 1, rising over all attempts.</summary>
public readonly record struct CheckpointId(long Value) : IComparable<CheckpointId>
{
    public int CompareTo(CheckpointId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(CheckpointId left, CheckpointId right) => left.Value < right.Value;
    public static bool operator >(CheckpointId left, CheckpointId right) => left.Value > right.Value;
    public static bool operator <=(CheckpointId left, CheckpointId right) => left.Value <= right.Value;
    public static bool operator >=(CheckpointId left, CheckpointId right) => left.Value >= right.Value;
}

/// <summary>
/// Divides the records before a checkpoint from those after it (Carbone et al.
/// 2015, asynchronous barrier snapshotting).
/// </summary>
/// <param name="Folder">Where the subtasks write their snapshots of this checkpoint.</param>
/// <param name="IsSavepoint">Asked for by the user, kept until the user removes it.</param>
/// <param name="StopsSources">
/// A stop with savepoint: sources end after this barrier, without the last watermark.
/// </param>
public sealed record Barrier(
    CheckpointId Checkpoint,
    string Folder,
    bool IsSavepoint = false,
    bool StopsSources = false)
{
    /// <summary>
    /// How long the barrier waits for the records before it; then it overtakes them, and they become part of
    /// the snapshot. Null: it waits as long as it takes. Zero: it has overtaken some already.
    /// </summary>
    public TimeSpan? AlignmentLimit { get; init; }
}
