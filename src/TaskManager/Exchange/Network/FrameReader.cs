using System.Buffers;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// Cuts what arrives into frames. The buffer grows with what has arrived, never with what a length announces,
/// so that half a frame costs its sender as much as the receiver.
/// </summary>
internal sealed class FrameReader(Stream stream, int maxFrameBytes) : IDisposable
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Few moves of half frames to the front, and still in the processor's cache.</summary>
    private const int BusyBytes = 512 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _start;
    private int _end;

    /// <summary>Reads some bytes.</summary>
    /// <returns>False when the other end has closed the connection, between two frames.</returns>
    /// <exception cref="IOException">The connection is broken, or closed within a frame.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        MakeRoom();
        int room = _buffer.Length - _end;
        int read = await stream.ReadAsync(_buffer.AsMemory(_end, room), cancel).ConfigureAwait(false);
        _end += read;
        if (read == room && _buffer.Length < BusyBytes) Grow();
        if (read > 0) return true;
        return _start == _end
            ? false
            : throw new IOException("it was closed within a frame");
    }

    /// <summary>Takes the next frame that is there in full, its checksum verified.</summary>
    /// <param name="payload">Valid until the next call of <see cref="FillAsync"/>.</param>
    /// <exception cref="InvalidDataException">This is no frame; nothing after it can be read.</exception>
    public bool TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (_end - _start < FrameHeader.SizeBytes) return false;
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        header = FrameHeader.Read(rest, maxFrameBytes);
        int size = FrameHeader.SizeBytes + header.PayloadBytes;
        if (rest.Length < size) return false;
        FrameHeader.VerifyPayload(rest[..size]);
        payload = rest[FrameHeader.SizeBytes..size];
        _start += size;
        return true;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
            if (_buffer.Length > 4 * BusyBytes) Become(BusyBytes);
        }
        else if (_start > 0 && _buffer.Length - _end < _buffer.Length / 4)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length) Grow();
    }

    private void Grow() => Become(2 * _buffer.Length);

    private void Become(int sizeBytes)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(sizeBytes);
        _buffer.AsSpan(_start, _end - _start).CopyTo(other);
        _end -= _start;
        _start = 0;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
