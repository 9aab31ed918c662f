using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Operators.Tests.Sources;

/// <summary>
/// A source whose splits do what the test wrote down: a step is the row times of a batch, or empty for
/// nothing to read now; a split ends after its steps unless it is left open. The position is the number of
/// the next step.
/// </summary>
internal sealed class ScriptedConnector : IConnectorRegistry, IConnector, ISourceConnector
{
    private readonly SortedDictionary<string, List<long?[]>> _splits = new(StringComparer.Ordinal);

    /// <summary>Splits that wait for ever after their steps.</summary>
    public HashSet<string> Open { get; } = [];

    /// <summary>The splits in the order of their reads.</summary>
    public List<string> Reads { get; } = [];

    public string Name => "scripted";

    public void Add(string split, params long?[][] steps) => _splits[split] = [.. steps];

    public void Append(string split, params long?[] step) => _splits[split].Add(step);

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table) => new(CanScan: true);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) => this;

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        throw new NotSupportedException();

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException();

    public IReadOnlyList<string> Splits() => [.. _splits.Keys];

    ISplitReader ISourceConnector.Open(string split, byte[]? position) =>
        new Reader(this, split, position is null ? 0 : BitConverter.ToInt32(position));

    public void Dispose()
    {
    }

    private sealed class Reader(ScriptedConnector connector, string split, int next) : ISplitReader
    {
        private int _next = next;

        public byte[] Position => BitConverter.GetBytes(_next);

        public long RemainingBytes => connector._splits[split].Count - _next;

        public SplitState Read(int maxRows, out ColumnBatch? batch)
        {
            connector.Reads.Add(split);
            batch = null;
            if (_next == connector._splits[split].Count)
                return connector.Open.Contains(split) ? SplitState.Waiting : SplitState.Ended;
            long?[] step = connector._splits[split][_next++];
            if (step.Length == 0) return SplitState.Waiting;
            var times = new FixedColumnBuilder<long>();
            foreach (long? time in step)
                if (time is { } value) times.Append(value);
                else times.AppendNull();
            batch = new ColumnBatch([times.Build()], step.Length);
            return SplitState.HasRows;
        }

        public void Dispose()
        {
        }
    }
}
