using System.Net;
using System.Net.Sockets;
using Millrace.Shared.Errors;

namespace Millrace.Benchmarks.Exchange;

/// <summary>What the machine does: blocking sockets, one thread that sends and one that receives.</summary>
internal static class PlainTcp
{
    public static void Run(long bytes, int sizeBytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var from = new Socket(SocketType.Stream, ProtocolType.Tcp);
        from.Connect(listener.LocalEndpoint);
        using Socket to = listener.AcceptSocket();
        var sending = new Thread(() => Send(from, bytes, sizeBytes));
        sending.Start();
        Invariant.Check(Receive(to) == bytes);
        sending.Join();
    }

    private static void Send(Socket socket, long bytes, int sizeBytes)
    {
        byte[] buffer = new byte[sizeBytes];
        for (long left = bytes; left > 0; left -= Math.Min(left, sizeBytes))
            socket.Send(buffer.AsSpan(0, (int)Math.Min(left, sizeBytes)));
        socket.Shutdown(SocketShutdown.Send);
    }

    private static long Receive(Socket socket)
    {
        byte[] buffer = new byte[512 << 10];
        long received = 0;
        for (int read; (read = socket.Receive(buffer)) > 0;) received += read;
        return received;
    }
}
