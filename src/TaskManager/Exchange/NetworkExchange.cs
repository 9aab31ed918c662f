using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.TaskManager.Exchange.Network;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// Channels between the subtasks of this process and those of others: the data port, a connection to each
/// process that records go to, and one from each that they come from. Within the process batches are passed
/// as they are. A process makes one, gives it to its <see cref="TaskExecutor"/>s, tells the JobManager its
/// <see cref="Address"/>, and disposes it after them. docs/exchange.md has the protocol.
/// </summary>
public sealed class NetworkExchange : IExchange, IAsyncDisposable
{
    /// <summary>Connections that have not shown yet who they are; one more is closed at once.</summary>
    private const int MaxStrangers = 128;

    private readonly ExchangeOptions _options;
    private readonly ILogger _log;
    private readonly ProcessExchange _process;
    private readonly SecureStreams _streams;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ConcurrentDictionary<ChannelId, IncomingChannel> _incoming = new();
    private readonly ConcurrentDictionary<string, OutgoingConnection> _outgoing = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Task _accepting;
    private int _strangers;

    private NetworkExchange(ExchangeOptions options, ProcessExchange process, ILogger log)
    {
        _options = options;
        _process = process;
        _log = log;
        _streams = new SecureStreams(options.Tls is null ? null : NodeCertificate.Load(options.Tls));
        _listener = DataPort.Listen(options.Host, options.Port);
        string host = options.AdvertisedHost.Length > 0 ? options.AdvertisedHost : options.Host;
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Address = string.Create(
            CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host}]" : host)}:{Port}");
        log.Listens(Address);
        _accepting = AcceptAsync();
    }

    /// <summary>
    /// A connection with another process has ended or could not be made: that process may be dead. The
    /// argument is the address of its data port. Raised on any thread; not for connections that this process
    /// closes.
    /// </summary>
    public event Action<string>? PeerLost;

    public int Port { get; }

    /// <summary>host:port by which other processes reach the data port.</summary>
    public string Address { get; }

    /// <summary>Channels that some end still holds open; 0 when no subtask runs.</summary>
    public int OpenChannels =>
        _process.OpenChannels + _incoming.Count + _outgoing.Values.Sum(c => c.ChannelCount);

    /// <summary>Opens the data port.</summary>
    /// <param name="process">The channels within the process; null: its own.</param>
    /// <exception cref="MillraceException">Invalid: an option is wrong, or the port is taken.</exception>
    public static NetworkExchange Start(
        ExchangeOptions options, ILogger? log = null, ProcessExchange? process = null)
    {
        Invariant.Check(BitConverter.IsLittleEndian);
        options.Validate();
        return new NetworkExchange(options, process ?? new ProcessExchange(), log ?? NullLogger.Instance);
    }

    /// <summary>Closes the port and all connections; what is still open fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested) return;
        await _disposed.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_running.Keys).ConfigureAwait(false);
        var why = new MillraceException(ErrorKind.Unavailable, $"The data port {Address} was closed.");
        foreach (IncomingChannel channel in _incoming.Values) channel.OnDisposed(why);
    }

    IChannelWriter IExchange.OpenWriter(
        ChannelId channel, string peer, Action roomMade, Action<MillraceException> lost)
    {
        if (IsHere(peer)) return _process.Channels.OpenWriter(channel, "", roomMade, lost);
        while (true)
        {
            if (ConnectionTo(peer).TryOpen(channel, roomMade, lost) is { } writer) return writer;
        }
    }

    IChannelReader IExchange.OpenReader(
        ChannelId channel, string peer, Action arrived, Action<MillraceException> lost)
    {
        if (IsHere(peer)) return _process.Channels.OpenReader(channel, "", arrived, lost);
        IncomingChannel reader;
        while (!(reader = Incoming(channel)).TryClaim(peer, arrived, lost)) { }
        return reader;
    }

    private bool IsHere(string peer) => peer.Length == 0 || peer == Address;

    private OutgoingConnection ConnectionTo(string peer)
    {
        if (_outgoing.TryGetValue(peer, out OutgoingConnection? known)) return known;
        var connection = new OutgoingConnection(_options, Address, peer, _streams, _log, Forget);
        OutgoingConnection kept = _outgoing.GetOrAdd(peer, connection);
        if (kept == connection) Run(() => connection.RunAsync(_disposed.Token));
        return kept;
    }

    private void Forget(OutgoingConnection connection)
    {
        _outgoing.TryRemove(KeyValuePair.Create(connection.Peer, connection));
        OnLost(connection.Peer);
    }

    private void OnLost(string peer)
    {
        if (!_disposed.IsCancellationRequested) PeerLost?.Invoke(peer);
    }

    private IncomingChannel Incoming(ChannelId id) => _incoming.GetOrAdd(
        id,
        static (id, self) => new IncomingChannel(
            self._options, id, c => self._incoming.TryRemove(KeyValuePair.Create(c.Id, c))),
        this);

    private async Task AcceptAsync()
    {
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                Accept(await _listener.AcceptAsync(_disposed.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The stranger left before it was accepted, or the process is out of descriptors for now.
                await Task.Yield();
            }
        }
    }

    private void Accept(Socket socket)
    {
        if (Interlocked.Increment(ref _strangers) > MaxStrangers)
        {
            Interlocked.Decrement(ref _strangers);
            _log.ConnectionRefused($"{socket.RemoteEndPoint}", Address, "too many have not greeted yet");
            socket.Dispose();
            return;
        }
        var connection = new IncomingConnection(_options, Address, _streams, _log, Incoming);
        Run(async () =>
        {
            int isStranger = 1;
            void Known() => Interlocked.Add(ref _strangers, -Interlocked.Exchange(ref isStranger, 0));
            await connection.RunAsync(socket, Known, _disposed.Token).ConfigureAwait(false);
            Known();
            if (connection.Peer.Length > 0) OnLost(connection.Peer);
        });
    }

    /// <summary>Runs the loop of a connection, which throws nothing, on the thread pool.</summary>
    private void Run(Func<Task> loop)
    {
        Task task = Task.Run(loop);
        _running.TryAdd(task, true);
        task.ContinueWith(
            static (t, running) => ((ConcurrentDictionary<Task, bool>)running!).TryRemove(t, out _),
            _running,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
