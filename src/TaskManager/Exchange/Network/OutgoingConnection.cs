using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// The connection over which this process sends the records of all channels to one other process; credits
/// come back on it. Made once: when it is lost, all its channels are.
/// </summary>
internal sealed class OutgoingConnection(
    ExchangeOptions options,
    string address,
    string peer,
    SecureStreams streams,
    ILogger log,
    Action<OutgoingConnection> gone)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, OutgoingChannel> _channels = [];
    private readonly FrameSender _sender = new();
    private CreditGrant _firstCredit;
    private int _lastNumber;
    private MillraceException? _lost;
    private volatile int _maxPayloadBytes = options.MaxFrameBytes;

    public string Peer => peer;

    public int ChannelCount
    {
        get
        {
            lock (_lock) return _channels.Count;
        }
    }

    /// <summary>The most that both sides allow.</summary>
    public int MaxPayloadBytes => _maxPayloadBytes;

    public bool Compresses => options.Compress;

    /// <returns>Null when the connection has been lost; another one must be made.</returns>
    public OutgoingChannel? TryOpen(ChannelId id, Action roomMade, Action<MillraceException> lost)
    {
        OutgoingChannel channel;
        CreditGrant credit;
        lock (_lock)
        {
            if (_lost is not null) return null;
            channel = new OutgoingChannel(this, ++_lastNumber, id, roomMade, lost);
            _channels.Add(_lastNumber, channel);
            _sender.Send(Frame.Open(_lastNumber, id));
            credit = _firstCredit;
        }
        if (credit != default) channel.OnCredit(credit);
        return channel;
    }

    public void Send(Frame frame) => _sender.Send(frame);

    /// <summary>The writer of the channel is gone, and everything that it had to send was sent.</summary>
    public void Close(int number)
    {
        lock (_lock) _channels.Remove(number);
        _sender.Send(Frame.Of(FrameKind.Close, number));
    }

    /// <summary>Connects, greets, and works until the connection ends; never throws.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            Stream stream = await ConnectAsync(cancel).ConfigureAwait(false);
            ConnectionEnd end = await ConnectionLoops
                .RunAsync(stream, _sender, options.MaxFrameBytes, Handle, cancel).ConfigureAwait(false);
            Lose($"The connection from {address} to {peer} was lost: {end.Why}.", end.IsOrderly);
        }
        catch (Exception e)
        {
            string why = e is OperationCanceledException && !cancel.IsCancellationRequested
                ? "it does not answer"
                : ConnectionLoops.Describe(e);
            Lose($"No connection from {address} to {peer}: {why}.", isOrderly: false);
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using ITimer timer = options.Time.CreateTimer(
            static limit => ((CancellationTokenSource)limit!).Cancel(),
            limit, options.ConnectTimeout, Timeout.InfiniteTimeSpan);
        NetworkStream socket = await DataPort.ConnectAsync(peer, limit.Token).ConfigureAwait(false);
        try
        {
            Stream stream = await streams.ConnectAsync(socket, limit.Token).ConfigureAwait(false);
            await new Greeting("", options.Cluster, address, default, options.MaxFrameBytes)
                .SendAsync(stream, limit.Token).ConfigureAwait(false);
            Accept(await Greeting.ReceiveAsync(stream, limit.Token).ConfigureAwait(false));
            return stream;
        }
        catch
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Accept(Greeting answer)
    {
        if (answer.Refusal.Length > 0)
            throw new InvalidDataException($"it refuses this process: {answer.Refusal}");
        if (answer.Cluster != options.Cluster || answer.Address != peer)
            throw new InvalidDataException(
                $"{answer.Address} of cluster '{answer.Cluster}' answers there");
        _maxPayloadBytes = Math.Min(options.MaxFrameBytes, answer.MaxFrameBytes);
        OutgoingChannel[] waiting;
        lock (_lock)
        {
            _firstCredit = answer.FirstCredit;
            waiting = [.. _channels.Values];
        }
        foreach (OutgoingChannel channel in waiting) channel.OnCredit(answer.FirstCredit);
    }

    private void Handle(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        OutgoingChannel? channel;
        lock (_lock) channel = _channels.GetValueOrDefault(header.Channel);
        switch (header.Kind)
        {
            case FrameKind.Credit:
                CreditGrant grant = Frame.ReadCredit(payload);
                channel?.OnCredit(grant);
                break;
            case FrameKind.Stop:
                channel?.OnStopped();
                break;
            case FrameKind.Refuse:
                channel?.OnLost(new MillraceException(ErrorKind.Unavailable, Frame.ReadRefuse(payload)));
                break;
            default:
                throw new InvalidDataException($"a receiver sent a frame of kind {(byte)header.Kind}");
        }
    }

    private void Lose(string message, bool isOrderly)
    {
        var lost = new MillraceException(ErrorKind.Unavailable, message);
        OutgoingChannel[] channels;
        lock (_lock)
        {
            _lost = lost;
            channels = [.. _channels.Values];
            _channels.Clear();
        }
        _sender.Stop();
        gone(this);
        if (channels.Length > 0 || !isOrderly) log.ConnectionLost(message, channels.Length);
        foreach (OutgoingChannel channel in channels) channel.OnLost(lost);
    }
}
