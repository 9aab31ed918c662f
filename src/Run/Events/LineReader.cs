namespace Millrace.Run.Events;

/// <summary>Reads lines as bytes from a stream that it owns; a line may be up to 64 MB long.</summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    private const int LineLimitBytes = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;

    /// <summary>The next line with its line feed; the last one may have none.</summary>
    /// <param name="line">Valid until the next call.</param>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="FormatException">A line is longer than the limit.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
                return Take(searched + feed + 1, out line);
            searched = _end - _start;
            if (!Fill())
                return Take(searched, out line);
        }
    }

    private bool Take(int length, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        _start += length;
        return length > 0;
    }

    private bool Fill()
    {
        int length = _end - _start;
        if (length >= LineLimitBytes)
            throw new FormatException($"the line is longer than {LineLimitBytes} bytes");
        if (length == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        if (_start > 0)
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        (_start, _end) = (0, length);
        int count = stream.Read(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }

    public void Dispose() => stream.Dispose();
}
