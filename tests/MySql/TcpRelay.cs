using System.Net;
using System.Net.Sockets;

namespace Millrace.TestServers;

/// <summary>
/// Passes connections on to a server until it is cut: then all end, and new ones end at once, as those to a
/// server that restarts.
/// </summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<TcpClient> _open = [];
    private readonly string _host;
    private readonly int _port;
    private bool _isCut;

    public TcpRelay(string host, int port)
    {
        _host = host;
        _port = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Cut()
    {
        lock (_open)
        {
            _isCut = true;
            foreach (TcpClient client in _open) client.Dispose();
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_open) _isCut = false;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using TcpClient ends = client;
        if (!Keep(client, server)) return;
        try
        {
            await server.ConnectAsync(_host, _port);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream()),
                server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or InvalidOperationException)
        {
            // Cut, or ended by one side.
        }
        lock (_open)
        {
            _open.Remove(client);
            _open.Remove(server);
        }
    }

    /// <returns>False: it is cut.</returns>
    private bool Keep(TcpClient client, TcpClient server)
    {
        lock (_open)
        {
            if (_isCut) return false;
            _open.Add(client);
            _open.Add(server);
            return true;
        }
    }
}
