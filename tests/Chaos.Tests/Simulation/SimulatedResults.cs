using Millrace.Shared.Dataflow;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>A record by where it came from.</summary>
internal readonly record struct SourceRecord(int Split, int Position);

/// <summary>What one subtask of a sink has prepared at one barrier.</summary>
/// <param name="Checkpoint">That of the barrier.</param>
internal sealed record Transaction(
    int Sink, int Attempt, CheckpointId Checkpoint, IReadOnlyList<SourceRecord> Records);

/// <summary>
/// The outside system of a sink: keeps what is prepared, and shows the records of a transaction when it is
/// committed. A record is shown once, and what was discarded is never shown.
/// </summary>
internal sealed class SimulatedResults
{
    private readonly Dictionary<string, Transaction> _prepared = [];
    private readonly Dictionary<string, CheckpointId> _done = [];
    private readonly HashSet<string> _kept = [];
    private readonly HashSet<SourceRecord> _committed = [];

    public IReadOnlySet<SourceRecord> Committed => _committed;

    public void Prepare(string name, Transaction transaction)
    {
        if (_done.ContainsKey(name) || !_prepared.TryAdd(name, transaction))
            throw new BrokenPromiseException($"transaction {name} was prepared twice");
    }

    /// <summary>A savepoint holds it.</summary>
    public void Keep(string name) => _kept.Add(name);

    /// <summary>What earlier attempts of these sinks (null: of all) have prepared, but for some.</summary>
    public void Discard(IReadOnlyList<int>? sinks, int before, IReadOnlySet<string> except)
    {
        foreach ((string name, Transaction transaction) in _prepared.ToList())
            if (transaction.Attempt < before && sinks?.Contains(transaction.Sink) != false
                && !except.Contains(name) && !_kept.Contains(name))
                _prepared.Remove(name);
    }

    /// <summary>Once for each transaction, however often it is asked for.</summary>
    /// <returns>The checkpoint at whose barrier it was prepared.</returns>
    public CheckpointId Commit(string name)
    {
        if (_done.TryGetValue(name, out CheckpointId prepared)) return prepared;
        if (!_prepared.Remove(name, out Transaction? transaction))
            throw new BrokenPromiseException($"transaction {name} was discarded, and is to be committed");
        foreach (SourceRecord record in transaction.Records)
            if (!_committed.Add(record))
                throw new BrokenPromiseException(
                    $"{record} was committed twice, the second time by transaction {name}");
        return _done[name] = transaction.Checkpoint;
    }
}
