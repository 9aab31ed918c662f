using System.Text;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Tests.Sinks;

/// <summary>A sink that commits in two phases and keeps a log of all that it is told.</summary>
internal sealed class RecordingCommits : IConnectorRegistry, IConnector, ICommittingSinkWriter, ICommitter
{
    private readonly StringBuilder _open = new();

    public List<string> Log { get; } = [];

    /// <summary>So many commits fail, and how.</summary>
    public (int Count, ErrorKind Kind) Failing { get; set; }

    public string Name => "recording";

    public string Format { get; init; } = "text-1";

    public ICommitter Committer => this;

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table) => new(CanSink: true);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        throw new NotSupportedException();

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) => this;

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException();

    public void Recover(IReadOnlyList<Committable> restored) =>
        Log.Add($"recover [{string.Join(", ", restored.Select(Text).Order(StringComparer.Ordinal))}]");

    public void Write(ColumnBatch batch)
    {
        var rows = new CollectedOutput();
        rows.Emit(batch);
        _open.AppendJoin(',', rows.Rows);
    }

    public void Flush() => Log.Add("flush");

    public IReadOnlyList<Committable> PrepareCommit()
    {
        Log.Add($"prepare {_open}");
        if (_open.Length == 0) return [];
        var prepared = new Committable(Format, Encoding.UTF8.GetBytes(_open.ToString()));
        _open.Clear();
        return [prepared];
    }

    public Committable Keep(Committable prepared, CheckpointId savepoint) =>
        new(Format, Encoding.UTF8.GetBytes($"{Text(prepared)} of {savepoint}"));

    public void Commit(Committable committable)
    {
        if (Failing.Count > 0)
        {
            Failing = Failing with { Count = Failing.Count - 1 };
            Log.Add($"fail {Text(committable)}");
            throw new MillraceException(Failing.Kind, "The commit has failed.");
        }
        Log.Add($"commit {Text(committable)}");
    }

    public void Dispose() => Log.Add("dispose");

    private static string Text(Committable committable) => Encoding.UTF8.GetString(committable.Bytes.Span);
}
