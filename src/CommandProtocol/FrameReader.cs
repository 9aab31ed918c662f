using System.Buffers.Binary;

namespace Millrace.CommandProtocol;

/// <summary>
/// Cuts a stream into frames. Its buffer grows with the bytes that have come, never with the length that is
/// claimed; a frame above the limit is refused by its first four bytes.
/// </summary>
/// <param name="frameTimeout">From the first byte of a frame to its last.</param>
public sealed class FrameReader(Stream stream, TimeSpan frameTimeout, TimeProvider time)
{
    private const int PrefixBytes = 4;
    private const int FirstBufferBytes = 1 << 10;

    private readonly byte[] _prefix = new byte[PrefixBytes];

    /// <param name="maxBytes">The largest frame that is taken; asked once a frame has begun.</param>
    /// <returns>The JSON; null when the other side has closed between two frames.</returns>
    /// <exception cref="BadFrameException">Too long, broken off, or too slow.</exception>
    public async Task<byte[]?> ReadAsync(Func<int> maxBytes, CancellationToken cancel)
    {
        if (await stream.ReadAsync(_prefix.AsMemory(0, 1), cancel).ConfigureAwait(false) == 0) return null;
        using var late = new CancellationTokenSource(frameTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await stream.ReadExactlyAsync(_prefix.AsMemory(1), either.Token).ConfigureAwait(false);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(_prefix);
            int limit = maxBytes();
            if (length > limit)
                throw new BadFrameException($"a frame claims {length} bytes, at most {limit} are taken");
            return await ReadBodyAsync((int)length, either.Token).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new BadFrameException("the connection ended in the middle of a frame", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new BadFrameException($"a frame was not complete within {frameTimeout.TotalSeconds} s", e);
        }
    }

    private async Task<byte[]> ReadBodyAsync(int length, CancellationToken cancel)
    {
        byte[] body = new byte[Math.Min(length, FirstBufferBytes)];
        int filled = 0;
        while (filled < length)
        {
            if (filled == body.Length) Array.Resize(ref body, (int)Math.Min(length, 2L * body.Length));
            int read = await stream.ReadAsync(body.AsMemory(filled), cancel).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException();
            filled += read;
        }
        return body;
    }
}

/// <summary>What came is no frame; the connection is of no more use.</summary>
public sealed class BadFrameException : Exception
{
    public BadFrameException(string message) : base(message)
    {
    }

    public BadFrameException(string message, Exception cause) : base(message, cause)
    {
    }
}
