using System.Net.Sockets;

namespace Millrace.JobManager.Tests.Membership;

/// <summary>A connection whose process dies when it has sent so many bytes.</summary>
/// <param name="isReset">Whether the other side hears of a reset; otherwise that no more comes.</param>
internal sealed class MortalStream(Socket socket, int lifeBytes, bool isReset)
    : NetworkStream(socket, ownsSocket: true)
{
    private readonly Socket _socket = socket;

    public int SentBytes { get; private set; }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancel = default)
    {
        int left = Math.Min(buffer.Length, lifeBytes - SentBytes);
        await base.WriteAsync(buffer[..left], cancel);
        SentBytes += left;
        if (SentBytes == lifeBytes) Die();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancel) =>
        WriteAsync(buffer.AsMemory(offset, count), cancel).AsTask();

    /// <exception cref="IOException">Always.</exception>
    public void Die()
    {
        if (isReset) _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
        throw new IOException("This process is dead.");
    }
}
