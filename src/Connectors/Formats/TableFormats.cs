using Millrace.Connectors.Formats.Csv;
using Millrace.Connectors.Formats.Json;
using Millrace.Connectors.Options;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats;

/// <summary>The formats by name.</summary>
internal static class TableFormats
{
    private static readonly ITableFormat[] All = [new JsonFormat(), new CsvFormat()];

    /// <summary>The format of the option <c>format</c>, its own options checked.</summary>
    public static ITableFormat Find(TableSpec table, OptionReader options)
    {
        string name = options.Choice("format", "", [.. All.Select(f => f.Name)]);
        if (name.Length == 0) options.Required("format");
        ITableFormat format = All.Single(f => f.Name == name);
        format.Check(table, options);
        return format;
    }

    /// <summary>The format of a table whose options were checked before.</summary>
    public static ITableFormat Of(TableSpec table) => Find(table, new OptionReader(table));
}
