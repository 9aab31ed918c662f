using Millrace.Connectors.Options;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.BlackHole;

/// <summary>The connector <c>blackhole</c>: a sink that takes everything and keeps nothing.</summary>
public sealed class BlackHoleConnector : IConnector
{
    public string Name => "blackhole";

    public TableAbilities Check(TableSpec table)
    {
        new OptionReader(table).End();
        return new TableAbilities(CanSink: true, AcceptsUpdates: true);
    }

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => new Hole();

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        throw OnlySink(table);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw OnlySink(table);

    private static MillraceException OnlySink(TableSpec table) =>
        new(ErrorKind.Invalid, $"Table '{table.Name}' of the connector 'blackhole' can only be written.");

    private sealed class Hole : ISinkWriter
    {
        public void Write(ColumnBatch batch)
        {
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
