using Millrace.Connectors.Options;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.DataGen;

/// <summary>The options of a <c>datagen</c> table.</summary>
/// <param name="RowsPerSecond">Of all splits together.</param>
/// <param name="RowCount">Rows of the table, or the largest long where it never ends.</param>
/// <param name="Fields">One a physical column.</param>
internal sealed record DataGenPlan(long RowsPerSecond, long RowCount, FieldGenerator[] Fields)
{
    /// <summary>Tables of fewer rows have one split, so that their rows come in order.</summary>
    private const long OneSplitRows = 100_000;

    private const int MaxSplits = 8;

    /// <summary>Splits take turns row by row: split i has the rows i, i + splits, ….</summary>
    public int SplitCount => RowCount < OneSplitRows ? 1 : MaxSplits;

    public static DataGenPlan Read(TableSpec table)
    {
        var options = new OptionReader(table);
        long rowsPerSecond = options.Int64("rows-per-second", 10_000, 1);
        long rowCount = options.Int64("number-of-rows", long.MaxValue, 0);
        FieldGenerator[] fields =
            [.. table.Physical.Fields.Select((f, i) => FieldGenerator.Read(f, i, options))];
        options.End();
        foreach (FieldGenerator field in fields) rowCount = Math.Min(rowCount, field.RowCount);
        return new DataGenPlan(rowsPerSecond, rowCount, fields);
    }
}
