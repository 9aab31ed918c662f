using Millrace.Shared.Columns;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// One aggregate over rows that come one by one: for operators that keep no table of groups
/// (MATCH_RECOGNIZE). Made by <see cref="AggregateCatalog.CreateAccumulator"/>, empty at first; one thread at
/// a time.
/// </summary>
public interface IAccumulator
{
    /// <summary>
    /// Takes row <paramref name="row"/> of the argument columns, one column an argument (none for COUNT(*)).
    /// </summary>
    void Add(ReadOnlySpan<Column> arguments, int row);

    /// <summary>Takes the row back; only for accumulators made to retract.</summary>
    void Retract(ReadOnlySpan<Column> arguments, int row);

    /// <summary>Forgets all rows.</summary>
    void Reset();

    /// <summary>Appends the result over the rows so far, of the aggregate's type.</summary>
    void AppendResult(ColumnBuilder output);
}
