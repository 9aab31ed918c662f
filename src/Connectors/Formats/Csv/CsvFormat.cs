using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>The format <c>csv</c>: a field a column, in the order of the table; Flink's options.</summary>
internal sealed class CsvFormat : ITableFormat
{
    public string Name => "csv";

    public bool DecodesJsonFields => false;

    public void Check(TableSpec table, OptionReader options)
    {
        CsvFormatOptions.Read(options);
        foreach (Field column in table.Physical.Fields)
            if (!CanHold(column.Type, 0))
                throw options.Error($"has the column '{column.Name}' of type {column.Type}, "
                    + "which the format 'csv' cannot hold");
    }

    public LineDecoder CreateDecoder(TableSpec table, ScanSpec scan) =>
        new CsvLineDecoder(table, scan, CsvFormatOptions.Read(new OptionReader(table)));

    public ILineEncoder CreateEncoder(TableSpec table) =>
        new CsvLineEncoder(table, CsvFormatOptions.Read(new OptionReader(table)));

    private static bool CanHold(LogicalType type, int depth) => type.Kind switch
    {
        TypeKind.Map or TypeKind.Multiset or TypeKind.Symbol => false,
        TypeKind.Array => depth == 0 && CanHold(type.Element!, 1),
        TypeKind.Row => depth == 0 && type.Fields.All(f => CanHold(f.Type, 1)),
        _ => true,
    };
}
