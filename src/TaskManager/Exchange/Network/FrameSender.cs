using System.Buffers;
using System.Threading.Channels;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// The one loop that writes to a connection: frames in the order in which any thread gave them. Small ones
/// are gathered, so that a control frame costs no call of its own.
/// </summary>
/// <remarks>
/// The queue is bounded by what may be given: batches by the credits of their channels, control frames by
/// their counts (docs/exchange.md).
/// </remarks>
internal sealed class FrameSender
{
    private const int GatherBytes = 64 << 10;
    private const int LargeFrameBytes = 16 << 10;

    private readonly Channel<Frame> _frames =
        Channel.CreateUnbounded<Frame>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Takes over the frame, also before <see cref="RunAsync"/>; after <see cref="Stop"/> it is
    /// dropped.</summary>
    public void Send(Frame frame)
    {
        if (!_frames.Writer.TryWrite(frame)) frame.Release();
    }

    /// <summary>No more frames; <see cref="RunAsync"/> ends and drops what is left.</summary>
    public void Stop() => _frames.Writer.TryComplete();

    /// <exception cref="IOException">The connection is broken.</exception>
    public async Task RunAsync(Stream stream, CancellationToken cancel)
    {
        byte[] gather = ArrayPool<byte>.Shared.Rent(GatherBytes);
        try
        {
            while (await _frames.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
                await SendThereAsync(stream, gather, cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gather);
            Stop();
            while (_frames.Reader.TryRead(out Frame frame)) frame.Release();
        }
    }

    private async Task SendThereAsync(Stream stream, byte[] gather, CancellationToken cancel)
    {
        int gathered = 0;
        while (_frames.Reader.TryRead(out Frame frame))
        {
            try
            {
                int size = frame.Bytes.Length;
                if (gathered > 0 && (size > LargeFrameBytes || gathered + size > GatherBytes))
                {
                    await stream.WriteAsync(gather.AsMemory(0, gathered), cancel).ConfigureAwait(false);
                    gathered = 0;
                }
                if (size > LargeFrameBytes)
                {
                    await stream.WriteAsync(frame.Bytes, cancel).ConfigureAwait(false);
                }
                else
                {
                    frame.Bytes.CopyTo(gather.AsMemory(gathered));
                    gathered += size;
                }
            }
            finally
            {
                frame.Release();
            }
        }
        if (gathered > 0) await stream.WriteAsync(gather.AsMemory(0, gathered), cancel).ConfigureAwait(false);
    }
}
