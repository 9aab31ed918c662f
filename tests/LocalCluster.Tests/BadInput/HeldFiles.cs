using System.Collections.Concurrent;
using Millrace.Connectors.Files;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// The connector <c>filesystem</c>, where files whose names begin with <see cref="Prefix"/> wait until the
/// test releases their folder: so a test knows what was committed before they are read.
/// </summary>
internal sealed class HeldFiles : IConnector
{
    public const string Prefix = "later-";

    private readonly FileSystemConnector _files = new();
    private readonly ConcurrentDictionary<string, bool> _released = new();

    public string Name => _files.Name;

    /// <param name="folder">The <c>path</c> of the table.</param>
    public void Release(string folder) => _released[folder] = true;

    public TableAbilities Check(TableSpec table) => _files.Check(table);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context)
    {
        string folder = table.Option("path")!;
        return new Source(_files.OpenSource(table, scan, context), () => _released.ContainsKey(folder));
    }

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => _files.OpenSink(table, context);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        _files.OpenLookup(table, lookup, context);

    private sealed class Source(ISourceConnector inner, Func<bool> isReleased) : ISourceConnector
    {
        public IReadOnlyList<string> Splits() => inner.Splits();

        public ISplitReader Open(string split, byte[]? position)
        {
            ISplitReader reader = inner.Open(split, position);
            return split.StartsWith(Prefix, StringComparison.Ordinal)
                ? new Reader(reader, isReleased)
                : reader;
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed class Reader(ISplitReader inner, Func<bool> isReleased) : ISplitReader
    {
        public byte[] Position => inner.Position;

        public long RemainingBytes => inner.RemainingBytes;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            if (isReleased()) return inner.Read(maxRows, out batch);
            batch = null;
            return SplitState.Waiting;
        }

        public void Dispose() => inner.Dispose();
    }
}
