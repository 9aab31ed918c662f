using Millrace.Connectors.BlackHole;
using Millrace.Connectors.DataGen;
using Millrace.Connectors.Files;
using Millrace.Connectors.Jdbc;
using Millrace.Connectors.Print;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors;

/// <summary>The connectors by name.</summary>
public sealed class ConnectorRegistry : IConnectorRegistry
{
    private readonly SortedDictionary<string, IConnector> _connectors = new(StringComparer.OrdinalIgnoreCase);

    public ConnectorRegistry(params IEnumerable<IConnector> connectors)
    {
        foreach (IConnector connector in connectors) _connectors.Add(connector.Name, connector);
    }

    /// <summary>All that there are.</summary>
    public static ConnectorRegistry Default { get; } = new(
        new FileSystemConnector(),
        new JdbcConnector(),
        new DataGenConnector(),
        new PrintConnector(),
        new BlackHoleConnector());

    public IConnector Find(TableSpec table)
    {
        string listed = string.Join(", ", _connectors.Keys);
        if (table.Option("connector") is not { } name)
            throw new MillraceException(ErrorKind.Invalid,
                $"Table '{table.Name}' needs the option 'connector', one of: {listed}.");
        return _connectors.GetValueOrDefault(name) ?? throw new MillraceException(ErrorKind.Invalid,
            $"Table '{table.Name}' has the connector '{name}', which does not exist; there are: {listed}.");
    }
}
