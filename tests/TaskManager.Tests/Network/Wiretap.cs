using System.Net;
using System.Net.Sockets;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>
/// A relay before the data port of a process, at the host that it advertises: can cut the connection or
/// change a byte.
/// </summary>
internal sealed class Wiretap : IAsyncDisposable
{
    public const string Host = "127.0.0.2";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly IPEndPoint _target;
    private readonly Task _accepting;

    /// <param name="advertised">Where the relay stands; the process itself listens on 127.0.0.1.</param>
    public Wiretap(string advertised)
    {
        _target = new IPEndPoint(IPAddress.Loopback, IPEndPoint.Parse(advertised).Port);
        _listener = new TcpListener(IPEndPoint.Parse(advertised));
        _listener.Start();
        _accepting = RunAsync();
    }

    /// <summary>Cuts both directions when so many bytes have passed towards the target.</summary>
    public long CutAt { get; init; } = long.MaxValue;

    /// <summary>Flips a bit of the byte with this number.</summary>
    public long FlipAt { get; init; } = long.MaxValue;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
    }

    public void Cut()
    {
        lock (_sockets)
            foreach (Socket socket in _sockets) socket.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            Socket from = Keep(await _listener.AcceptSocketAsync(_stop.Token));
            Socket to = Keep(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await to.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(
                PassAsync(from, to, CutAt, FlipAt), PassAsync(to, from, long.MaxValue, long.MaxValue));
        }
        catch (Exception e)
            when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of both sides has gone, or the test is over.
        }
        Cut();
    }

    private static async Task PassAsync(Socket from, Socket to, long cutAt, long flipAt)
    {
        byte[] buffer = new byte[4096];
        long passed = 0;
        while (passed < cutAt)
        {
            int room = (int)Math.Min(buffer.Length, cutAt - passed);
            int read = await from.ReceiveAsync(buffer.AsMemory(0, room));
            if (read == 0) return;
            if (flipAt >= passed && flipAt < passed + read) buffer[flipAt - passed] ^= 4;
            for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            passed += read;
        }
    }

    private Socket Keep(Socket socket)
    {
        lock (_sockets) _sockets.Add(socket);
        return socket;
    }
}
