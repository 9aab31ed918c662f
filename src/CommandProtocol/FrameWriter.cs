using System.Buffers.Binary;

namespace Millrace.CommandProtocol;

/// <summary>Writes frames one after the other, whoever calls.</summary>
/// <param name="timeout">A reader that takes longer to make room for a frame is given up.</param>
public sealed class FrameWriter(Stream stream, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int PrefixBytes = 4;

    private readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="IOException">The other side is gone or does not read.</exception>
    public async Task WriteAsync(byte[] json, CancellationToken cancel)
    {
        byte[] frame = new byte[PrefixBytes + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, json.Length);
        json.CopyTo(frame, PrefixBytes);
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var limit = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            await stream.WriteAsync(frame, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"The other side took no data for {timeout.TotalSeconds} s.", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
