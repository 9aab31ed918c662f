using System.Collections.Concurrent;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// Channels between subtasks of one process: a queue that passes the batch itself. Backpressure is the bound
/// of batches a channel holds.
/// </summary>
internal sealed class LocalExchange : IExchange
{
    /// <summary>
    /// Batches in a channel before its sender waits: enough to keep both ends busy, little memory.
    /// </summary>
    public const int BatchesPerChannel = 8;

    private readonly ConcurrentDictionary<ChannelId, LocalChannel> _channels = new();

    /// <summary>Channels that some end still holds open; 0 after all subtasks are gone.</summary>
    public int OpenChannels => _channels.Count;

    public IChannelWriter OpenWriter(
        ChannelId channel, string peer, Action roomMade, Action<MillraceException> lost)
    {
        Refuse(peer);
        while (true)
        {
            if (Open(channel).TryOpenWriter(roomMade) is { } writer) return writer;
        }
    }

    public IChannelReader OpenReader(
        ChannelId channel, string peer, Action arrived, Action<MillraceException> lost)
    {
        Refuse(peer);
        while (true)
        {
            if (Open(channel).TryOpenReader(arrived) is { } reader) return reader;
        }
    }

    private static void Refuse(string peer)
    {
        if (peer.Length > 0)
            throw new MillraceException(
                ErrorKind.Unavailable, $"This process has no data port to exchange records with {peer}.");
    }

    private LocalChannel Open(ChannelId channel) =>
        _channels.GetOrAdd(
            channel, static (id, self) => new LocalChannel(() => self._channels.TryRemove(id, out _)), this);
}

/// <summary>One channel: a queue under a lock that is taken once an element, never a row.</summary>
internal sealed class LocalChannel(Action removed)
{
    private readonly Lock _lock = new();
    private readonly ElementQueue _elements = new();
    private Action _arrived = static () => { };
    private Action _roomMade = static () => { };
    private int _batches;
    private bool _ended;
    private bool _readerOpened;
    private bool _writerOpened;
    private bool _readerClosed;
    private bool _writerClosed;
    private bool _gone;

    /// <returns>Null when the channel is gone; another one must be made.</returns>
    public IChannelWriter? TryOpenWriter(Action roomMade)
    {
        lock (_lock)
        {
            if (_gone) return null;
            _writerOpened = true;
            _roomMade = roomMade;
            return new Writer(this);
        }
    }

    /// <returns>Null when the channel is gone; another one must be made.</returns>
    public IChannelReader? TryOpenReader(Action arrived)
    {
        lock (_lock)
        {
            if (_gone) return null;
            _readerOpened = true;
            _arrived = arrived;
            return new Reader(this);
        }
    }

    private void Write(Element element)
    {
        Action? wake = null;
        lock (_lock)
        {
            if (_readerClosed)
            {
                if (element.Kind == ElementKind.Batch) element.Batch.Release();
                return;
            }
            _ended |= element.Kind == ElementKind.End;
            if (_elements.Enqueue(element, 0)) wake = _arrived;
            _batches = _elements.BatchCount;
        }
        wake?.Invoke();
    }

    private bool TryRead(out Element element)
    {
        Action? wake = null;
        lock (_lock)
        {
            if (!_elements.TryDequeue(out element, out _)) return false;
            if (element.Kind == ElementKind.Batch && _batches == LocalExchange.BatchesPerChannel)
                wake = _roomMade;
            _batches = _elements.BatchCount;
        }
        wake?.Invoke();
        return true;
    }

    private void CloseReader()
    {
        bool gone;
        lock (_lock)
        {
            _readerClosed = true;
            gone = _gone = _writerClosed || !_writerOpened;
            Drop();
        }
        if (gone) removed();
    }

    /// <summary>What was written before an end waits for its reader, everything else for nobody.</summary>
    private void CloseWriter()
    {
        bool gone;
        lock (_lock)
        {
            _writerClosed = true;
            gone = _gone = _readerClosed || (!_readerOpened && !_ended);
            if (gone) Drop();
        }
        if (gone) removed();
    }

    private void Drop()
    {
        _elements.Clear();
        _batches = 0;
    }

    private sealed class Writer(LocalChannel channel) : IChannelWriter
    {
        public bool HasRoom => Volatile.Read(ref channel._batches) < LocalExchange.BatchesPerChannel;

        public void Write(Element element) => channel.Write(element);

        public void Dispose() => channel.CloseWriter();
    }

    private sealed class Reader(LocalChannel channel) : IChannelReader
    {
        public Barrier? Announced => channel._elements.Announced;

        public bool TryRead(out Element element) => channel.TryRead(out element);

        public void Capture(InFlightCapture capture, int index)
        {
            lock (channel._lock) channel._elements.Capture(capture, index);
        }

        public void EndCapture()
        {
            lock (channel._lock) channel._elements.EndCapture();
        }

        public void Dispose() => channel.CloseReader();
    }
}
