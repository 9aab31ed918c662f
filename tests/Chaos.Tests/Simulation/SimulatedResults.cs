namespace Millrace.Chaos.Tests.Simulation;

/// <summary>A record by where it came from.</summary>
internal readonly record struct SourceRecord(int Source, int Position);

/// <summary>
/// The outside system of a sink: takes what is committed by transaction, each record once, and nothing from
/// an attempt that another one has replaced.
/// </summary>
internal sealed class SimulatedResults
{
    private readonly Dictionary<int, int> _fences = [];
    private readonly HashSet<(int Sink, long Checkpoint)> _transactions = [];
    private readonly HashSet<SourceRecord> _committed = [];

    public IReadOnlySet<SourceRecord> Committed => _committed;

    public int Fenced { get; private set; }

    /// <returns>False: a higher attempt has the sink already.</returns>
    public bool Raise(int sink, int attempt)
    {
        if (!IsCurrent(sink, attempt)) return false;
        _fences[sink] = attempt;
        return true;
    }

    /// <summary>Once for each transaction, however often it is asked for.</summary>
    /// <returns>False: a higher attempt has the sink.</returns>
    public bool Commit(int sink, int attempt, long checkpoint, IEnumerable<SourceRecord> records)
    {
        if (!IsCurrent(sink, attempt)) return false;
        if (!_transactions.Add((sink, checkpoint))) return true;
        foreach (SourceRecord record in records)
            if (!_committed.Add(record))
                throw new BrokenPromiseException(
                    $"{record} was committed twice, the second time with checkpoint {checkpoint}");
        return true;
    }

    private bool IsCurrent(int sink, int attempt)
    {
        bool isCurrent = attempt >= _fences.GetValueOrDefault(sink);
        if (!isCurrent) Fenced++;
        return isCurrent;
    }
}
