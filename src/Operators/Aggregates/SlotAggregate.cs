using Millrace.Operators.State;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// One aggregate over all groups of a table: its state is some words and objects of each slot. Zero words and
/// null objects are the empty state, so a slot is reset by clearing it.
/// </summary>
/// <param name="words">Words of a slot that the state takes.</param>
/// <param name="objects">Objects of a slot that the state takes.</param>
internal abstract class SlotAggregate(int words, int objects = 0)
{
    public int Words { get; } = words;

    public int Objects { get; } = objects;

    /// <summary>The first of its words among those of a slot.</summary>
    protected int Offset { get; private set; }

    /// <summary>The first of its objects among those of a slot.</summary>
    protected int ObjectOffset { get; private set; }

    protected SlotStore? Store { get; private set; }

    /// <summary>Says where the state lies; before anything else.</summary>
    public void Place(SlotStore store, int offset, int objectOffset)
    {
        Store = store;
        Offset = offset;
        ObjectOffset = objectOffset;
    }

    /// <summary>Takes rows, or takes them back, one after the other. The addresses are writable.</summary>
    public abstract void Accumulate(in AggregateRows rows, ReadOnlySpan<Column> arguments);

    /// <summary>The result of each slot, as a column that the caller owns.</summary>
    public abstract Column Results(ReadOnlySpan<int> slots, ReadOnlySpan<nint> addresses);

    /// <summary>
    /// Reads back an object that its <see cref="SlotObject.Write"/> wrote; all of the input.
    /// </summary>
    public virtual SlotObject ReadObject(ReadOnlySpan<byte> input) =>
        throw new Millrace.Shared.Errors.MillraceException(
            Millrace.Shared.Errors.ErrorKind.Corrupt, "Stored state of an aggregate that keeps no objects.");
}
