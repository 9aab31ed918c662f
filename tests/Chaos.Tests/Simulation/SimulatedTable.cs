using Millrace.Connectors.Jdbc;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// The outside system of a sink that upserts: a database with the table of attempts that the real
/// <see cref="Fence"/> decides by. Holds the last position of each lane of each split. A record may be
/// written again, but never by an earlier attempt than the one that has written its lane since.
/// </summary>
internal sealed class SimulatedTable
{
    /// <summary>
    /// A lane's records go through the same sink subtask at every parallelism that divides this, so that
    /// there is an order among them.
    /// </summary>
    public const int Lanes = 12;

    private readonly Dictionary<int, int> _attempts = [];
    private readonly Dictionary<(int Split, int Lane), (int Position, int Attempt)> _rows = [];

    /// <summary>One transaction.</summary>
    /// <param name="takesOver">The attempt's first.</param>
    /// <exception cref="Shared.Errors.MillraceException">Fenced: nothing is written.</exception>
    public void Flush(Fence fence, bool takesOver, IEnumerable<SourceRecord> records)
    {
        if (takesOver)
            foreach (int subtask in fence.Raised(_attempts)) _attempts[subtask] = fence.Attempt;
        else if (_attempts.TryGetValue(fence.Subtask, out int stored) && !fence.Stands(stored))
            throw fence.Fenced(stored);
        foreach (SourceRecord record in records) Upsert(record, fence.Attempt);
    }

    private void Upsert(SourceRecord record, int attempt)
    {
        (int, int) lane = (record.Split, record.Position % Lanes);
        if (_rows.TryGetValue(lane, out (int, int Attempt) row) && row.Attempt > attempt)
            throw new BrokenPromiseException(
                $"attempt {attempt} wrote {record} late, after attempt {row.Attempt}");
        _rows[lane] = (record.Position, attempt);
    }

    /// <exception cref="BrokenPromiseException">A lane does not hold its last record.</exception>
    public void RequireLast(int splits, int recordsPerSplit)
    {
        for (int split = 0; split < splits; split++)
            for (int last = Math.Max(0, recordsPerSplit - Lanes); last < recordsPerSplit; last++)
                if (!_rows.TryGetValue((split, last % Lanes), out var row) || row.Position != last)
                    throw new BrokenPromiseException(
                        $"split {split} has record {row.Position} where {last} was written last");
    }
}
