using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// What lies in a channel at its reader, under the channel's lock. Knows of barriers as they arrive, before
/// they are read, and can keep what lies before one.
/// </summary>
internal sealed class ElementQueue
{
    private readonly Queue<(Element Element, int Bytes)> _elements = new();
    private readonly Queue<Barrier> _barriers = new();
    private volatile Barrier? _announced;
    private InFlightCapture? _capture;
    private int _channel;

    public int BatchCount { get; private set; }

    /// <summary>The first barrier that has not been read; any thread may ask.</summary>
    public Barrier? Announced => _announced;

    /// <returns>Whether the reader has something new to look at: it read everything, or a barrier has
    /// come.</returns>
    public bool Enqueue(Element element, int bytes)
    {
        bool wake = _elements.Count == 0;
        _elements.Enqueue((element, bytes));
        _capture?.Add(_channel, element);
        if (element.Kind == ElementKind.Batch)
        {
            BatchCount++;
        }
        else if (element.Kind == ElementKind.Barrier)
        {
            _barriers.Enqueue(element.Barrier);
            _announced ??= element.Barrier;
            if (_capture is not null && EndsAt(_capture, element.Barrier)) _capture = null;
            wake = true;
        }
        return wake;
    }

    public bool TryDequeue(out Element element, out int bytes)
    {
        if (!_elements.TryDequeue(out (Element Element, int Bytes) next))
        {
            element = default;
            bytes = 0;
            return false;
        }
        (element, bytes) = next;
        if (element.Kind == ElementKind.Batch)
        {
            BatchCount--;
        }
        else if (element.Kind == ElementKind.Barrier)
        {
            _barriers.Dequeue();
            _announced = _barriers.TryPeek(out Barrier? barrier) ? barrier : null;
        }
        return true;
    }

    /// <summary>Adds what lies before the capture's barrier, what is to come included.</summary>
    public void Capture(InFlightCapture capture, int channel)
    {
        capture.Begin();
        foreach ((Element element, _) in _elements)
        {
            capture.Add(channel, element);
            if (element.Kind == ElementKind.Barrier && EndsAt(capture, element.Barrier)) return;
        }
        _capture = capture;
        _channel = channel;
    }

    /// <summary>The capture is given up.</summary>
    public void EndCapture() => _capture = null;

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        foreach ((Element element, _) in _elements)
            if (element.Kind == ElementKind.Batch) element.Batch.Release();
        _elements.Clear();
        _barriers.Clear();
        _announced = null;
        _capture = null;
        BatchCount = 0;
    }

    private static bool EndsAt(InFlightCapture capture, Barrier barrier)
    {
        if (barrier.Checkpoint < capture.Checkpoint) return false;
        if (barrier.Checkpoint == capture.Checkpoint) capture.End();
        else capture.Fail($"a channel has the barrier of checkpoint {barrier.Checkpoint} and not its own");
        return true;
    }
}
