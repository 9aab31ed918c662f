using System.Collections.Immutable;
using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// What a scan wants of each line: the members of the object, and the builders that take them.
/// </summary>
internal sealed class JsonScanPlan
{
    private readonly ColumnBuilder?[] _builders;
    private readonly ImmutableArray<ScanEquality> _prefilter;

    public JsonScanPlan(ScanSpec scan)
    {
        _prefilter = scan.Prefilter;
        _builders = [.. scan.Columns.Select(
            c => c is MetadataScanColumn ? null : ColumnBuilder.Create(c.Type, ColumnBatch.MaxRows))];
        Members =
        [
            .. scan.Columns.Select(Physical).Where(index => index >= 0).Distinct().Order()
                .Select(index => MemberOf(scan, index)),
        ];
        Computed = scan.Computed is { } rows ? [.. rows.Select(row => ComputedRow(scan, row))] : null;
    }

    /// <summary>
    /// The texts that members must have for a field of another type to be an error; null: it never is.
    /// </summary>
    public (int Member, byte[] Text)[]? Computed { get; }

    /// <summary>The members wanted, each once, by their place among the table's physical columns.</summary>
    public JsonScanMember[] Members { get; }

    /// <summary>The builder of an output column; null for a metadata column.</summary>
    public ReadOnlySpan<ColumnBuilder?> Builders => _builders;

    /// <summary>
    /// The text that a column must have for the row to be wanted, where there is exactly one.
    /// </summary>
    /// <param name="builders">Those of one member; an equality on any of them counts.</param>
    public byte[]? WantedText(ColumnBuilder[] builders)
    {
        foreach (ScanEquality equality in _prefilter)
            if (builders.Contains(_builders[equality.Column])) return Encoding.UTF8.GetBytes(equality.Text);
        return null;
    }

    /// <summary>Takes back what was appended after the first <paramref name="rows"/> rows.</summary>
    public void Truncate(int rows)
    {
        foreach (ColumnBuilder? builder in _builders) builder?.Truncate(rows);
    }

    private JsonScanMember MemberOf(ScanSpec scan, int physical)
    {
        List<ColumnBuilder> outputs = [];
        List<JsonScanColumn> fields = [];
        List<ColumnBuilder> fieldBuilders = [];
        for (int i = 0; i < scan.Columns.Length; i++)
        {
            if (Physical(scan.Columns[i]) != physical) continue;
            if (scan.Columns[i] is JsonScanColumn field)
            {
                fields.Add(field);
                fieldBuilders.Add(_builders[i]!);
            }
            else
            {
                outputs.Add(_builders[i]!);
            }
        }
        JsonTextFields? text = fields.Count == 0
            ? null
            : new JsonTextFields([.. fields], [.. fieldBuilders], new JsonPathTree(fields));
        return new JsonScanMember(physical, [.. outputs], text);
    }

    private (int Member, byte[] Text) ComputedRow(ScanSpec scan, ScanEquality row)
    {
        int physical = ((PhysicalScanColumn)scan.Columns[row.Column]).Index;
        return (Array.FindIndex(Members, m => m.Physical == physical), Encoding.UTF8.GetBytes(row.Text));
    }

    private static int Physical(ScanColumn column) => column switch
    {
        PhysicalScanColumn physical => physical.Index,
        JsonScanColumn json => json.Index,
        _ => -1,
    };
}

/// <param name="Physical">Index into the table's physical columns.</param>
/// <param name="Outputs">Builders that take the value as the column's type.</param>
/// <param name="Text">The fields wanted out of the JSON text that the value is, or null.</param>
internal sealed record JsonScanMember(int Physical, ColumnBuilder[] Outputs, JsonTextFields? Text);

/// <param name="Builders">One a column.</param>
/// <param name="Paths">Finds the columns' values.</param>
internal sealed record JsonTextFields(JsonScanColumn[] Columns, ColumnBuilder[] Builders, JsonPathTree Paths);
