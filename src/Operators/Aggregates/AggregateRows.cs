namespace Millrace.Operators.Aggregates;

/// <summary>
/// The rows of a batch that an aggregate takes, in order, with the group of each and whether it is added or
/// taken back. Indexed by the position among the rows taken; the other spans by the row of the batch.
/// </summary>
internal readonly ref struct AggregateRows
{
    /// <summary>
    /// The rows of the batch, or empty where they are the <see cref="Count"/> rows from <see cref="First"/>
    /// on.
    /// </summary>
    public ReadOnlySpan<int> Selected { get; private init; }

    public int First { get; private init; }

    public int Count { get; private init; }

    /// <summary>A slot a row of the batch.</summary>
    public ReadOnlySpan<int> Slots { get; private init; }

    /// <summary>The address of the slot's words a row of the batch.</summary>
    public ReadOnlySpan<nint> Addresses { get; private init; }

    /// <summary>
    /// 1 to add, -1 to take back, 0 to leave out, a row of the batch; empty where all are added.
    /// </summary>
    public ReadOnlySpan<sbyte> Signs { get; private init; }

    /// <summary>Neighbouring rows, all added.</summary>
    public bool IsPlain => Selected.IsEmpty && Signs.IsEmpty;

    public int this[int index] => Selected.IsEmpty ? First + index : Selected[index];

    /// <summary>All rows from <paramref name="first"/> on.</summary>
    public static AggregateRows Range(
        int first, int count, ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses,
        ReadOnlySpan<sbyte> signs) =>
        new() { First = first, Count = count, Slots = slots, Addresses = addresses, Signs = signs };

    /// <summary>The same slots, other rows.</summary>
    public AggregateRows Select(ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> signs) =>
        new() { Selected = rows, Count = rows.Length, Slots = Slots, Addresses = Addresses, Signs = signs };

    /// <returns>1 or -1, or 0 for a row to leave out.</returns>
    public int SignOf(int row) => Signs.IsEmpty ? 1 : Signs[row];
}
