using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Sinks;

/// <summary>
/// The committables of one subtask that are not known to be committed, in the order of their barriers.
/// </summary>
/// <param name="limit">How many may wait for a complete checkpoint.</param>
internal sealed class CommittableLedger(int limit)
{
    private readonly List<(CheckpointId Checkpoint, Committable Committable)> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>All of them: those of earlier barriers are part of a snapshot too.</summary>
    public IReadOnlyList<Committable> Waiting => [.. _waiting.Select(w => w.Committable)];

    /// <exception cref="MillraceException">Unavailable: more than the limit wait.</exception>
    public void Add(CheckpointId checkpoint, IReadOnlyList<Committable> prepared)
    {
        Invariant.Check(prepared.All(p => p.Bytes.Length <= Committable.MaxBytes));
        if (_waiting.Count + prepared.Count > limit)
            throw new MillraceException(
                ErrorKind.Unavailable,
                $"{_waiting.Count} committables wait already, and no checkpoint was complete since "
                + $"{_waiting[0].Checkpoint} began.");
        foreach (Committable committable in prepared) _waiting.Add((checkpoint, committable));
    }

    public void Replace(Func<Committable, Committable> by)
    {
        for (int i = 0; i < _waiting.Count; i++)
            _waiting[i] = (_waiting[i].Checkpoint, by(_waiting[i].Committable));
    }

    /// <summary>The first that the checkpoint covers; null: none is left of those.</summary>
    public Committable? FirstUpTo(CheckpointId checkpoint) =>
        _waiting.Count > 0 && _waiting[0].Checkpoint <= checkpoint ? _waiting[0].Committable : null;

    public void RemoveFirst() => _waiting.RemoveAt(0);
}
