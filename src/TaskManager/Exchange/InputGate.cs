using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// All input channels of one subtask: reads them in turn, and holds back a channel that has delivered a
/// barrier until all have (alignment, Carbone et al. 2015), so that a snapshot reflects exactly the records
/// before it.
/// </summary>
internal sealed class InputGate : IDisposable
{
    private readonly IChannelReader[] _readers;
    private readonly int[] _inputs;
    private readonly bool[] _blocked;
    private readonly bool[] _ended;
    private Barrier? _aligning;
    private CheckpointId _past;
    private int _waiting;
    private int _next;

    public InputGate(JobGraph graph, int vertex, int subtask, Func<int, int, IChannelReader> open)
    {
        var readers = new List<IChannelReader>();
        var inputs = new List<int>();
        for (int e = 0; e < graph.Edges.Length; e++)
        {
            JobEdge edge = graph.Edges[e];
            if (edge.To != vertex) continue;
            int[] senders = edge.Kind == ExchangeKind.Forward
                ? [subtask]
                : [.. Enumerable.Range(0, graph.Vertices[edge.From].Parallelism)];
            foreach (int sender in senders)
            {
                readers.Add(open(e, sender));
                inputs.Add(edge.Input);
            }
        }
        _readers = [.. readers];
        _inputs = [.. inputs];
        _blocked = new bool[_readers.Length];
        _ended = new bool[_readers.Length];
        InputCount = inputs.Count == 0 ? 0 : inputs.Max() + 1;
    }

    public int ChannelCount => _readers.Length;

    public int InputCount { get; }

    /// <summary>
    /// Reads the next element of some channel; barriers come out once, when all channels have delivered them.
    /// </summary>
    /// <param name="channel">Where the element came from.</param>
    /// <returns>False when no channel that may be read has anything.</returns>
    public bool TryRead(out Element element, out int channel)
    {
        for (int tried = 0; tried < _readers.Length; tried++)
        {
            channel = _next;
            _next = _next + 1 == _readers.Length ? 0 : _next + 1;
            if (_blocked[channel] || !_readers[channel].TryRead(out element)) continue;
            if (element.Kind == ElementKind.End) _ended[channel] = true;
            if (element.Kind != ElementKind.Barrier) return true;
            if (Align(channel, element.Barrier)) return true;
            tried = -1;
        }
        element = default;
        channel = -1;
        return false;
    }

    public int InputOf(int channel) => _inputs[channel];

    /// <summary>Whether every channel of the input has ended.</summary>
    public bool HasEnded(int input)
    {
        for (int i = 0; i < _readers.Length; i++)
            if (_inputs[i] == input && !_ended[i]) return false;
        return true;
    }

    /// <summary>The checkpoint will not complete: channels that wait for its barrier go on.</summary>
    public void Abort(CheckpointId checkpoint)
    {
        if (_aligning?.Checkpoint == checkpoint) Unblock();
        if (checkpoint > _past) _past = checkpoint;
    }

    public void Dispose()
    {
        foreach (IChannelReader reader in _readers) reader.Dispose();
    }

    /// <returns>Whether the barrier has now arrived on all channels.</returns>
    private bool Align(int channel, Barrier barrier)
    {
        if (barrier.Checkpoint <= _past) return false;
        if (_aligning is null || barrier.Checkpoint > _aligning.Checkpoint)
        {
            Unblock();
            _aligning = barrier;
            _waiting = _readers.Length;
        }
        Invariant.Check(!_blocked[channel]);
        if (barrier.Checkpoint < _aligning.Checkpoint) return false;
        _blocked[channel] = true;
        if (--_waiting > 0) return false;
        _past = barrier.Checkpoint;
        Unblock();
        return true;
    }

    private void Unblock()
    {
        _aligning = null;
        Array.Clear(_blocked);
    }
}
