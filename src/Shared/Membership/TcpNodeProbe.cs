using System.Net.Sockets;

namespace Millrace.Shared.Membership;

/// <summary>Connects by TCP and hangs up.</summary>
public sealed class TcpNodeProbe : INodeProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    public async Task<ProbeResult> ProbeAsync(string host, int port, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            return ProbeResult.Connected;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused
                ? ProbeResult.Refused
                : ProbeResult.Silent;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ProbeResult.Silent;
        }
    }
}
