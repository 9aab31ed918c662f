using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Sql.Tests.Planning;

/// <summary>Connectors that say what they can do and open nothing.</summary>
internal sealed class FakeConnectors : IConnectorRegistry
{
    private static readonly Dictionary<string, Func<TableSpec, TableAbilities>> _abilities = new()
    {
        ["filesystem"] = _ => new TableAbilities(
            CanScan: true, CanSink: true, DecodesJsonFields: true, MetadataKeys: ["file.path", "offset"]),
        ["jdbc"] = t =>
            new TableAbilities(CanSink: true, CanLookup: true, AcceptsUpdates: !t.PrimaryKey.IsEmpty),
        ["changes"] = _ => new TableAbilities(CanScan: true, ScanEmitsChanges: true),
        ["print"] = _ => new TableAbilities(CanSink: true, AcceptsUpdates: true),
        ["appends"] = _ => new TableAbilities(CanSink: true),
    };

    public static PlannerOptions Options { get; } = new(new FakeConnectors(), QueryConnector: "print");

    public IConnector Find(TableSpec table) => new Fake(table.Options["connector"]);

    private sealed class Fake(string name) : IConnector
    {
        public string Name => name;

        public TableAbilities Check(TableSpec table) =>
            _abilities.TryGetValue(name, out Func<TableSpec, TableAbilities>? give)
            ? give(table)
            : throw new MillraceException(ErrorKind.Invalid, $"There is no connector '{name}'.");

        public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
            throw new NotSupportedException();

        public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
            throw new NotSupportedException();

        public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
            throw new NotSupportedException();
    }
}
