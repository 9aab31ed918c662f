using Millrace.Shared.Connect;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Tables in databases: SQLite files and MySQL or MariaDB servers; sink, dimension table and bounded source.
/// </summary>
public sealed class JdbcConnector : IConnector
{
    public string Name => "jdbc";

    public TableAbilities Check(TableSpec table)
    {
        JdbcOptions.Read(table);
        JdbcTypes.Check(table);
        return new TableAbilities(
            CanScan: true, CanSink: true, CanLookup: true, AcceptsUpdates: !table.PrimaryKey.IsEmpty);
    }

    public TableSpec Locate(TableSpec table, string folder) =>
        table.Option("url") is { } url && JdbcUrl.Located(url, folder) is { } located
            ? table.WithOption("url", located)
            : table;

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new JdbcSource(JdbcOptions.Read(table), table, scan, context.Cancel);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        new JdbcSink(JdbcOptions.Read(table), table, context);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        new JdbcLookup(JdbcOptions.Read(table), table, lookup, context.Time);

    public LookupCacheOptions? LookupCache(TableSpec table) => JdbcOptions.CacheOf(table);
}
