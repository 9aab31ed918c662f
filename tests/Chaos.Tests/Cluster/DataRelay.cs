using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Stands before the data port of a TaskManager, at the host that it advertises: what the link between two
/// nodes does to their messages happens to their records too.
/// </summary>
internal sealed partial class DataRelay : IAsyncDisposable
{
    public const string Host = "127.0.0.2";
    private const int BufferBytes = 1 << 18;

    private readonly int _port;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly ConcurrentDictionary<Task, bool> _relays = new();
    private readonly Task _accepting;

    /// <param name="port">The data port; the relay has the same one at its own host.</param>
    public DataRelay(int port)
    {
        _port = port;
        FaultyLinks.Listens(port);
        _listener = new TcpListener(IPAddress.Parse(Host), port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>All connections are lost; new ones may be made.</summary>
    /// <returns>How many sockets were open.</returns>
    public int Reset()
    {
        List<Socket> open = [.. _sockets.Keys];
        foreach (Socket socket in open) socket.Dispose();
        return open.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Reset();
        await _accepting;
        await Task.WhenAll(_relays.Keys);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Socket accepted = await _listener.AcceptSocketAsync(_stop.Token);
                _relays.TryAdd(RelayAsync(accepted), true);
            }
            catch (Exception e) when (IsEnd(e))
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket from)
    {
        using var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.TryAdd(from, true);
        _sockets.TryAdd(to, true);
        try
        {
            byte[] greeting = new byte[1024];
            int read = 0;
            int peer = 0;
            while (peer == 0)
            {
                int more = await from.ReceiveAsync(greeting.AsMemory(read), _stop.Token);
                if (more == 0) return;
                peer = PeerIn(greeting.AsSpan(0, read += more));
            }
            FaultyLink outward = FaultyLinks.Of(peer, _port);
            await outward.PassAsync(_stop.Token);
            await to.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            await to.SendAsync(greeting.AsMemory(0, read), _stop.Token);
            FaultyLink back = FaultyLinks.Of(_port, peer);
            await Task.WhenAny(PassAsync(from, to, outward), PassAsync(to, from, back));
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
        finally
        {
            from.Dispose();
            _sockets.TryRemove(from, out _);
            _sockets.TryRemove(to, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to, FaultyLink link)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
            {
                await link.PassAsync(_stop.Token);
                for (int sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
    }

    /// <summary>The data port of whoever greets; 0 while the greeting is not whole.</summary>
    private static int PeerIn(ReadOnlySpan<byte> greeting)
    {
        Match address = Address().Match(Encoding.Latin1.GetString(greeting));
        return address.Success ? int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static bool IsEnd(Exception e) =>
        e is SocketException or OperationCanceledException or ObjectDisposedException;

    [GeneratedRegex(@"127\.0\.0\.2:(\d+)\D")]
    private static partial Regex Address();
}
