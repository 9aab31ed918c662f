using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// All input channels of one subtask: reads them in turn, and holds back a channel that has delivered a
/// barrier until all have (alignment, Carbone et al. 2015), so that a snapshot reflects exactly the records
/// before it. A barrier that has waited for its limit overtakes the records before it: it comes out at once,
/// they are captured for the snapshot, and no channel is held back (unaligned checkpoints).
/// </summary>
internal sealed class InputGate : IDisposable
{
    private readonly IChannelReader[] _readers;
    private readonly int[] _inputs;
    private readonly bool[] _blocked;
    private readonly bool[] _ended;
    private readonly Queue<InFlightElement> _replay = new();
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan, Action> _wakeAfter;
    private Barrier? _aligning;
    private CheckpointId _past;
    private CheckpointId _seen;
    private long _seenAt;
    private bool _wakes;
    private int _waiting;
    private int _next;

    /// <param name="wakeAfter">Runs the action on the subtask's thread after the time, and has it
    /// step.</param>
    public InputGate(
        JobGraph graph,
        int vertex,
        int subtask,
        Func<int, int, IChannelReader> open,
        TimeProvider time,
        Action<TimeSpan, Action> wakeAfter)
    {
        _time = time;
        _wakeAfter = wakeAfter;
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

    /// <summary>What the last barrier that overtook records has overtaken; null when it was taken.</summary>
    public InFlightCapture? Capture { get; private set; }

    /// <summary>
    /// Reads the next element of some channel; barriers come out once, when all channels have delivered them.
    /// </summary>
    /// <param name="channel">Where the element came from.</param>
    /// <returns>False when no channel that may be read has anything.</returns>
    public bool TryRead(out Element element, out int channel)
    {
        if (_replay.TryDequeue(out InFlightElement replayed))
        {
            (channel, element) = replayed;
            return true;
        }
        for (int tried = 0; tried < _readers.Length; tried++)
        {
            channel = _next;
            _next = _next + 1 == _readers.Length ? 0 : _next + 1;
            if (_blocked[channel] || !_readers[channel].TryRead(out element)) continue;
            if (element.Kind == ElementKind.End) _ended[channel] = true;
            if (element.Kind != ElementKind.Barrier) return true;
            if (Align(channel, element.Barrier) is { } complete)
            {
                element = Element.Of(complete);
                return true;
            }
            tried = -1;
        }
        element = default;
        channel = -1;
        return false;
    }

    /// <summary>What was in flight is restored: read before everything else, in the order given.</summary>
    public void Replay(InFlightElement element)
    {
        Invariant.Check(element.Channel < _readers.Length);
        _replay.Enqueue(element);
    }

    /// <summary>
    /// The barrier that has waited for its limit, to be passed on now; <see cref="Capture"/> then gathers
    /// what it has overtaken. Null when there is none; to be asked also while there is no room for output.
    /// </summary>
    public Barrier? TryOvertake()
    {
        if (Capture is not null || Waiting() is not { AlignmentLimit: { } limit } barrier) return null;
        if (barrier.Checkpoint != _seen)
        {
            _seen = barrier.Checkpoint;
            _seenAt = _time.GetTimestamp();
        }
        TimeSpan left = limit - _time.GetElapsedTime(_seenAt);
        if (left <= TimeSpan.Zero) return Overtake(barrier);
        if (!_wakes) _wakeAfter(left, () => _wakes = false);
        _wakes = true;
        return null;
    }

    /// <summary>The finished capture, now the caller's; null when there is none.</summary>
    public InFlightCapture? TakeCapture()
    {
        if (Capture is not { IsOver: true } taken) return null;
        foreach (IChannelReader reader in _readers) reader.EndCapture();
        Capture = null;
        return taken;
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
        if (Capture?.Checkpoint == checkpoint) DropCapture();
    }

    public void Dispose()
    {
        DropCapture();
        while (_replay.TryDequeue(out InFlightElement element)) element.Release();
        foreach (IChannelReader reader in _readers) reader.Dispose();
    }

    /// <returns>The barrier, when it has now arrived on all channels.</returns>
    private Barrier? Align(int channel, Barrier barrier)
    {
        if (barrier.Checkpoint <= _past) return null;
        if (_aligning is null || barrier.Checkpoint > _aligning.Checkpoint)
        {
            Unblock();
            _aligning = barrier;
            _waiting = _readers.Length;
        }
        Invariant.Check(!_blocked[channel]);
        if (barrier.Checkpoint < _aligning.Checkpoint) return null;
        _aligning = Sooner(_aligning, barrier);
        _blocked[channel] = true;
        if (--_waiting > 0) return null;
        Barrier complete = _aligning;
        _past = barrier.Checkpoint;
        Unblock();
        return complete;
    }

    /// <summary>The next barrier to come out, as far as it has arrived anywhere.</summary>
    private Barrier? Waiting()
    {
        Barrier? waiting = _aligning;
        foreach (IChannelReader reader in _readers)
        {
            if (reader.Announced is not { } barrier || barrier.Checkpoint <= _past) continue;
            if (waiting is null || (_aligning is null && barrier.Checkpoint < waiting.Checkpoint))
                waiting = barrier;
            else if (barrier.Checkpoint == waiting.Checkpoint) waiting = Sooner(waiting, barrier);
        }
        return waiting;
    }

    private Barrier Overtake(Barrier barrier)
    {
        Capture = new InFlightCapture(barrier.Checkpoint);
        foreach (InFlightElement element in _replay) Capture.Add(element.Channel, element.Element);
        for (int i = 0; i < _readers.Length; i++)
            if (!_blocked[i]) _readers[i].Capture(Capture, i);
        Capture.End();
        _past = barrier.Checkpoint;
        Unblock();
        // Whoever is next need not wait again.
        return barrier with { AlignmentLimit = TimeSpan.Zero };
    }

    private void DropCapture()
    {
        if (Capture is null) return;
        foreach (IChannelReader reader in _readers) reader.EndCapture();
        Capture.Dispose();
        Capture = null;
    }

    private void Unblock()
    {
        _aligning = null;
        Array.Clear(_blocked);
    }

    private static Barrier Sooner(Barrier left, Barrier right) =>
        right.AlignmentLimit < left.AlignmentLimit ? right : left;
}
