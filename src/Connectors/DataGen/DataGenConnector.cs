using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.DataGen;

/// <summary>
/// The connector <c>datagen</c>: a source of made-up rows. Row n of a table is a function of n, so the same
/// table gives the same rows in every run (apart from times, which are around now).
/// </summary>
public sealed class DataGenConnector : IConnector
{
    public string Name => "datagen";

    public TableAbilities Check(TableSpec table)
    {
        if (table.Metadata.Length > 0)
            throw new OptionReader(table).Error(
                $"has the metadata column '{table.Metadata[0].Name}'; 'datagen' has none to give");
        DataGenPlan.Read(table);
        return new TableAbilities(CanScan: true);
    }

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new DataGenSource(DataGenPlan.Read(table), scan, context);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => throw OnlySource(table);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw OnlySource(table);

    private static MillraceException OnlySource(TableSpec table) =>
        new(ErrorKind.Invalid, $"Table '{table.Name}' of the connector 'datagen' can only be read.");
}
