using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Takes the commands of <c>pbm</c> on a port of its own; every JobManager has one, leader or not: what concerns
/// jobs is asked of the singleton, wherever it lives. Disposing it cuts the connections; what was passed on
/// to the cluster stays.
/// </summary>
public sealed class CommandServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log;

    private CommandServer(TcpListener listener, ILoggingAdapter log)
    {
        _listener = listener;
        _log = log;
        EndPoint = (IPEndPoint)listener.LocalEndpoint;
    }

    /// <summary>Where it listens, the port as bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens when it returns.</summary>
    /// <param name="system">A node with the role jobmanager; its registry has <c>JobManagerKey</c>.</param>
    /// <param name="connectors">What tables of explained and validated SQL may name.</param>
    /// <exception cref="MillraceException">Invalid: the port is in use, or there is no such address.</exception>
    public static CommandServer Start(
        ActorSystem system, CommandServerOptions options, IConnectorRegistry connectors)
    {
        options.Validate();
        return new CommandServer(Listen(options), Logging.GetLogger(system, "commands"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        _stop.Dispose();
        _log.Debug("The command port is closed");
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
}
