using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>A writer that prepares a transaction in <see cref="SimulatedResults"/> at each barrier.</summary>
/// <param name="replaced">The subtasks of the sink that the attempt replaces; null: all.</param>
internal sealed class SimulatedTransactions(Simulation simulation, SubtaskId id, IReadOnlyList<int>? replaced)
    : IConnectorRegistry, IConnector, ICommittingSinkWriter, ICommitter
{
    private readonly List<SourceRecord> _open = [];
    private int _count;

    /// <summary>Whose barrier it is.</summary>
    public CheckpointId Preparing { get; set; }

    public string Name => "simulated";

    public string Format => "transaction-1";

    public ICommitter Committer => this;

    IConnector IConnectorRegistry.Find(TableSpec table) => this;

    TableAbilities IConnector.Check(TableSpec table) => new(CanSink: true, CommitsAtCheckpoints: true);

    ISourceConnector IConnector.OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        throw new NotSupportedException();

    ISinkWriter IConnector.OpenSink(TableSpec table, ConnectorContext context) => this;

    ILookup IConnector.OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new NotSupportedException();

    void ICommittingSinkWriter.Recover(IReadOnlyList<Committable> restored) =>
        simulation.Results.Discard(replaced, id.Attempt, restored.Select(NameOf).ToHashSet());

    void ISinkWriter.Write(ColumnBatch batch)
    {
        var sources = (FixedColumn<int>)batch.Columns[0];
        var positions = (FixedColumn<int>)batch.Columns[1];
        for (int i = 0; i < batch.RowCount; i++) _open.Add(new SourceRecord(sources[i], positions[i]));
    }

    void ISinkWriter.Flush()
    {
    }

    IReadOnlyList<Committable> ICommittingSinkWriter.PrepareCommit()
    {
        if (_open.Count == 0) return [];
        string name = $"{id.SubtaskIndex}/{id.Attempt}/{_count++}";
        simulation.Results.Prepare(
            name, new Transaction(id.SubtaskIndex, id.Attempt, Preparing, [.. _open]));
        _open.Clear();
        return [new Committable(Format, Encoding.UTF8.GetBytes(name))];
    }

    Committable ICommittingSinkWriter.Keep(Committable prepared, CheckpointId savepoint)
    {
        simulation.Results.Keep(NameOf(prepared));
        return prepared;
    }

    void ICommitter.Commit(Committable committable)
    {
        if (simulation.Faults.FailsToWrite())
            throw new MillraceException(ErrorKind.Unavailable, "The outside system does not answer.");
        CheckpointId prepared = simulation.Results.Commit(NameOf(committable));
        simulation.Promises.OnCommit(prepared);
    }

    /// <summary>What is not prepared is nowhere.</summary>
    public void Dispose() => _open.Clear();

    private static string NameOf(Committable committable) =>
        Encoding.UTF8.GetString(committable.Bytes.Span);
}
