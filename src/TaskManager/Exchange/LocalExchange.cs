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
        return Open(channel).OpenWriter(roomMade);
    }

    public IChannelReader OpenReader(
        ChannelId channel, string peer, Action arrived, Action<MillraceException> lost)
    {
        Refuse(peer);
        return Open(channel).OpenReader(arrived);
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
    private readonly Queue<Element> _elements = new();
    private Action _arrived = static () => { };
    private Action _roomMade = static () => { };
    private int _batches;
    private bool _readerClosed;
    private bool _writerClosed;

    public IChannelWriter OpenWriter(Action roomMade)
    {
        lock (_lock) _roomMade = roomMade;
        return new Writer(this);
    }

    public IChannelReader OpenReader(Action arrived)
    {
        lock (_lock) _arrived = arrived;
        return new Reader(this);
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
            if (_elements.Count == 0) wake = _arrived;
            _elements.Enqueue(element);
            if (element.Kind == ElementKind.Batch) _batches++;
        }
        wake?.Invoke();
    }

    private bool TryRead(out Element element)
    {
        Action? wake = null;
        lock (_lock)
        {
            if (!_elements.TryDequeue(out element)) return false;
            if (element.Kind == ElementKind.Batch && _batches-- == LocalExchange.BatchesPerChannel)
                wake = _roomMade;
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
            gone = _writerClosed;
            foreach (Element element in _elements)
                if (element.Kind == ElementKind.Batch) element.Batch.Release();
            _elements.Clear();
            _batches = 0;
        }
        if (gone) removed();
    }

    private void CloseWriter()
    {
        bool gone;
        lock (_lock)
        {
            _writerClosed = true;
            gone = _readerClosed;
        }
        if (gone) removed();
    }

    private sealed class Writer(LocalChannel channel) : IChannelWriter
    {
        public bool HasRoom => Volatile.Read(ref channel._batches) < LocalExchange.BatchesPerChannel;

        public void Write(Element element) => channel.Write(element);

        public void Dispose() => channel.CloseWriter();
    }

    private sealed class Reader(LocalChannel channel) : IChannelReader
    {
        public bool TryRead(out Element element) => channel.TryRead(out element);

        public void Dispose() => channel.CloseReader();
    }
}
