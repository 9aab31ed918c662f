using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.CaseRunner;

/// <summary>
/// The tables of a case as sources that give a row when it is released, and a sink
/// that keeps what it gets. Single-threaded.
/// </summary>
internal sealed class CaseConnector(CaseFile file) : IConnectorRegistry, IConnector
{
    public const string Source = "case";
    public const string Collect = "collect";

    private readonly Dictionary<string, Feed> _feeds =
        file.Tables.ToDictionary(t => t.Name, t => new Feed(t));

    public string Name => Source;

    /// <summary>The result in the order in which it came.</summary>
    public List<(ChangeKind Kind, string Row)> Result { get; } = [];

    /// <summary>Lets the next row of the table pass, or ends it.</summary>
    public void Take(FeedStep step)
    {
        if (step.IsEnd) _feeds[step.Table].IsEnded = true;
        else _feeds[step.Table].Released++;
    }

    /// <summary>
    /// Takes back what the step let pass and all results after the first <paramref name="results"/>.
    /// </summary>
    public void TakeBack(FeedStep step, int results)
    {
        if (step.IsEnd) _feeds[step.Table].IsEnded = false;
        else _feeds[step.Table].Released--;
        Result.RemoveRange(results, Result.Count - results);
    }

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table)
    {
        return table.Option("connector") == Collect
            ? new TableAbilities(CanSink: true, AcceptsUpdates: true)
            : new TableAbilities(CanScan: true, ScanEmitsChanges: _feeds[table.Name].Table.IsChangelog);
    }

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new Reader(_feeds[table.Name], scan);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        new Writer(this, table.Physical);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException();

    private sealed class Feed(CaseTable table)
    {
        public CaseTable Table { get; } = table;

        public int Released { get; set; }

        public bool IsEnded { get; set; }
    }

    private sealed class Reader(Feed feed, ScanSpec scan) : ISourceConnector, ISplitReader
    {
        private readonly BatchBuilder _builder = new(scan.Output);
        private int _next;

        public byte[] Position => BitConverter.GetBytes(_next);

        public long RemainingBytes => feed.IsEnded ? 0 : -1;

        public IReadOnlyList<string> Splits() => ["0"];

        public ISplitReader Open(string split, byte[]? position)
        {
            _next = position is null ? 0 : BitConverter.ToInt32(position);
            return this;
        }

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            batch = null;
            if (_next >= Math.Min(feed.Released, feed.Table.Rows.Count))
                return feed.IsEnded ? SplitState.Ended : SplitState.Waiting;
            (ChangeKind kind, string json) = feed.Table.Rows[_next++];
            RowReader.Append(json, scan.Output, _builder);
            _builder.EndRow(kind);
            batch = _builder.Build();
            return SplitState.HasRows;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Writer(CaseConnector connector, Schema schema) : ISinkWriter
    {
        public void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
                connector.Result.Add((batch.KindOf(row), RowText.Of(batch, row, schema)));
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
