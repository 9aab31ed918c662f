using Millrace.Connectors.Options;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// The format <c>json</c>: one JSON object a line, a member a column; Flink's options and conversions.
/// </summary>
internal sealed class JsonFormat : ITableFormat
{
    public string Name => "json";

    public bool DecodesJsonFields => true;

    public void Check(TableSpec table, OptionReader options)
    {
        JsonFormatOptions.Read(options);
        JsonTypes.Check(table, options);
    }

    public LineDecoder CreateDecoder(TableSpec table, ScanSpec scan) =>
        new JsonLineDecoder(table, scan, JsonFormatOptions.Read(new OptionReader(table)));

    public ILineEncoder CreateEncoder(TableSpec table) =>
        new JsonLineEncoder(table, JsonFormatOptions.Read(new OptionReader(table)));
}
