using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Millrace.CommandProtocol;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Takes the commands of <c>pbm</c> on a port of its own; every JobManager has one, leader or not: what
/// concerns jobs is asked of the singleton, wherever it lives. Disposing it cuts the connections; what was
/// passed on to the cluster stays.
/// </summary>
public sealed class CommandServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CommandServerOptions _options;
    private readonly CommandPalettes _palettes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _clients = new();
    private readonly ILoggingAdapter _log;
    private readonly Task _accepting;

    private CommandServer(
        TcpListener listener, CommandServerOptions options, CommandPalettes palettes, ILoggingAdapter log)
    {
        _listener = listener;
        _options = options;
        _palettes = palettes;
        _log = log;
        EndPoint = (IPEndPoint)listener.LocalEndpoint;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, the port as bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens when it returns.</summary>
    /// <param name="system">A node with the role jobmanager; its registry has <c>JobManagerKey</c>.</param>
    /// <exception cref="MillraceException">Invalid: the port is in use, or there is no such
    /// address.</exception>
    public static CommandServer Start(ActorSystem system, CommandServerOptions options)
    {
        options.Validate();
        ILoggingAdapter log = Logging.GetLogger(system, typeof(CommandServer));
        var server = new CommandServer(
            Listen(options), options, CommandPalettes.Of(system, options), log);
        log.Info("Commands are taken on {0}", server.EndPoint);
        // A node that leaves hands its clients over before it knows nothing any more.
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind, $"close-commands-{server.EndPoint}",
            async () =>
            {
                await server.DisposeAsync().ConfigureAwait(false);
                return Akka.Done.Instance;
            });
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_clients.Keys).ConfigureAwait(false);
        _stop.Dispose();
    }

    private static TcpListener Listen(CommandServerOptions options)
    {
        try
        {
            IPAddress address = IPAddress.TryParse(options.Host, out IPAddress? literal)
                ? literal
                : Dns.GetHostAddresses(options.Host)[0];
            var listener = new TcpListener(address, options.Port);
            listener.Start();
            return listener;
        }
        catch (SocketException e)
        {
            throw new MillraceException(
                ErrorKind.Invalid,
                $"Commands cannot be taken on {options.Host}:{options.Port}: {e.Message}.", e);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                Task serving = _clients.Count < _options.MaxConnections
                    ? ServeAsync(client)
                    : TurnAwayAsync(client);
                _clients[serving] = true;
                _ = serving.ContinueWith(
                    ended => _clients.TryRemove(ended, out _), CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
            {
                // It stops, and does not listen any more.
                return;
            }
            catch (SocketException e)
            {
                _log.Warning("A client could not be taken: {0}", e.Message);
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        string from = client.Client.RemoteEndPoint?.ToString() ?? "?";
        using (client)
        {
            client.NoDelay = true;
            using var connection = new CommandConnection(client.GetStream(), _options, _palettes);
            try
            {
                await connection.ServeAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (BadFrameException e)
            {
                _log.Warning("{0} on the command port: {1}; closed", from, e.Message);
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
                _log.Info("{0} on the command port said nothing for too long; closed", from);
            }
            catch (Exception e) when (
                e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client is gone, or this server stops.
            }
        }
    }

    private async Task TurnAwayAsync(TcpClient client)
    {
        using (client)
        using (var writer = new FrameWriter(client.GetStream(), _options.HelloTimeout, _options.Time))
        {
            string message =
                $"This JobManager has {_options.MaxConnections} clients already, as many as it takes.";
            try
            {
                await writer.WriteAsync(
                    FrameCodec.Encode(new ServerFrame
                    {
                        Refused = new Refusal(RefusalKind.Unavailable, message),
                    }),
                    _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // It did not wait for the answer.
            }
        }
    }
}
