using Millrace.Connectors.Options;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats;

/// <summary>How records lie in lines of text: the value of the option <c>format</c>.</summary>
internal interface ITableFormat
{
    string Name { get; }

    /// <summary>Whether decoders give <see cref="JsonScanColumn"/>s.</summary>
    bool DecodesJsonFields { get; }

    /// <summary>
    /// Reads and checks the options below <c>{Name}.</c>, and that the column types can be written so.
    /// </summary>
    void Check(TableSpec table, OptionReader options);

    /// <summary>A decoder of the physical columns and JSON fields of the scan.</summary>
    LineDecoder CreateDecoder(TableSpec table, ScanSpec scan);

    /// <summary>An encoder of rows of the table's physical columns.</summary>
    ILineEncoder CreateEncoder(TableSpec table);
}
