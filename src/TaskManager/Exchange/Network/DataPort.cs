using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>Sockets as the exchange wants them; an address is host:port.</summary>
internal static class DataPort
{
    private const int Backlog = 512;

    // A connection whose other end is gone without a word is found after half a minute; leases act before.
    private const int KeepAliveSeconds = 10;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveTries = 4;

    /// <param name="port">0: any free one.</param>
    /// <exception cref="MillraceException">Invalid: the port is taken, or the host is not of this
    /// machine.</exception>
    public static Socket Listen(string host, int port)
    {
        Socket? socket = null;
        try
        {
            IPAddress ip = IPAddress.TryParse(host, out IPAddress? parsed)
                ? parsed
                : Dns.GetHostAddresses(host)[0];
            socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(ip, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new MillraceException(
                ErrorKind.Invalid,
                string.Create(
                    CultureInfo.InvariantCulture, $"Cannot take records on {host}:{port}: {e.Message}."),
                e);
        }
    }

    public static async Task<NetworkStream> ConnectAsync(string address, CancellationToken cancel)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port))
            throw new InvalidDataException($"'{address}' is no host:port");
        string host = address[..colon].Trim('[', ']');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            return StreamOf(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static NetworkStream StreamOf(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveTries);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
