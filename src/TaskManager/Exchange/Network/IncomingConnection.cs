using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>The connection over which one other process sends its records here; credits go back on
/// it.</summary>
/// <param name="find">The channel of that name, made if there is none.</param>
internal sealed class IncomingConnection(
    ExchangeOptions options,
    string address,
    SecureStreams streams,
    ILogger log,
    Func<ChannelId, IncomingChannel> find)
{
    private const int MaxChannels = 1 << 16;

    private readonly FrameSender _sender = new();

    /// <summary>By number, until the writer closes it; used by the connection's loop only.</summary>
    private readonly Dictionary<int, IncomingChannel?> _channels = [];

    /// <summary>host:port of the other process's data port; empty until it has greeted.</summary>
    public string Peer { get; private set; } = "";

    public void Send(Frame frame) => _sender.Send(frame);

    /// <summary>Greets and takes records until the connection ends; never throws.</summary>
    /// <param name="greeted">Called when the other side has shown that it belongs to the cluster.</param>
    public async Task RunAsync(Socket socket, Action greeted, CancellationToken cancel)
    {
        string remote = "";
        try
        {
            remote = $"{socket.RemoteEndPoint}";
            Stream stream = await GreetAsync(DataPort.StreamOf(socket), cancel).ConfigureAwait(false);
            greeted();
            ConnectionEnd end = await ConnectionLoops
                .RunAsync(stream, _sender, options.MaxFrameBytes, Handle, cancel).ConfigureAwait(false);
            Lose(end);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (cancel.IsCancellationRequested) return;
            string why = e is OperationCanceledException
                ? "it did not greet in time"
                : ConnectionLoops.Describe(e);
            log.ConnectionRefused(remote, address, why);
        }
    }

    private async Task<Stream> GreetAsync(NetworkStream socket, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using ITimer timer = options.Time.CreateTimer(
            static limit => ((CancellationTokenSource)limit!).Cancel(),
            limit, options.ConnectTimeout, Timeout.InfiniteTimeSpan);
        Stream stream = await streams.AcceptAsync(socket, limit.Token).ConfigureAwait(false);
        Greeting greeting;
        try
        {
            greeting = await Greeting.ReceiveAsync(stream, limit.Token).ConfigureAwait(false);
            if (greeting.Cluster != options.Cluster)
                throw new InvalidDataException(
                    $"it belongs to cluster '{greeting.Cluster}', this process to '{options.Cluster}'");
        }
        catch (InvalidDataException e)
        {
            await Greeting.Refuse(e.Message).SendAsync(stream, limit.Token).ConfigureAwait(false);
            throw;
        }
        Peer = greeting.Address;
        var first = new CreditGrant(options.ChannelBatches, IncomingChannel.Controls, options.ChannelBytes);
        await new Greeting("", options.Cluster, address, first, options.MaxFrameBytes)
            .SendAsync(stream, limit.Token).ConfigureAwait(false);
        return stream;
    }

    private void Handle(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Kind)
        {
            case FrameKind.Open:
                Open(header.Channel, Frame.ReadOpen(payload));
                break;
            case FrameKind.Close:
                if (_channels.Remove(header.Channel, out IncomingChannel? closed)) closed?.OnClosed();
                break;
            case >= FrameKind.Batch and <= FrameKind.End:
                if (!_channels.TryGetValue(header.Channel, out IncomingChannel? channel))
                    throw new InvalidDataException($"channel {header.Channel} was not opened");
                channel?.OnFrame(header, payload);
                break;
            default:
                throw new InvalidDataException($"a sender sent a frame of kind {(byte)header.Kind}");
        }
    }

    private void Open(int number, ChannelId id)
    {
        if (_channels.ContainsKey(number))
            throw new InvalidDataException($"channel {number} was opened twice");
        IncomingChannel? channel = null;
        string refusal = $"{Peer} has more than {MaxChannels} channels to {address}.";
        if (_channels.Count < MaxChannels)
            while (!(channel = find(id)).TryAttach(this, number, out refusal)) { }
        _channels.Add(number, refusal.Length == 0 ? channel : null);
        if (refusal.Length > 0) Send(Frame.Refuse(number, refusal));
    }

    private void Lose(ConnectionEnd end)
    {
        string message = $"The connection from {Peer} to {address} was lost: {end.Why}.";
        if (_channels.Count > 0 || !end.IsOrderly) log.ConnectionLost(message, _channels.Count);
        var lost = new MillraceException(ErrorKind.Unavailable, message);
        foreach (IncomingChannel? channel in _channels.Values) channel?.OnLost(lost);
        _channels.Clear();
    }
}
