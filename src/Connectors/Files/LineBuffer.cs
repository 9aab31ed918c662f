using System.Buffers;
using Millrace.Connectors.Formats;

namespace Millrace.Connectors.Files;

/// <summary>
/// A window over a stream that always begins at a line: pooled, grows with a line that does not fit up to the
/// line limit, and ends every line with a line feed, the last one too. It takes memory only between the first
/// read and the end.
/// </summary>
internal sealed class LineBuffer(Stream stream, int lineLimitBytes) : IDisposable
{
    /// <summary>Small enough to stay in a core's cache between reading and decoding.</summary>
    private const int InitialSizeBytes = 256 * 1024;

    private bool _isAtEnd;

    /// <summary>
    /// The data lies from <see cref="Start"/> to <see cref="End"/>, with the decoder's slack behind it.
    /// </summary>
    public byte[] Bytes { get; private set; } = new byte[LineDecoder.SlackBytes];

    public int Start { get; private set; }

    public int End { get; private set; }

    /// <summary>Whether a line feed was added that the stream does not have.</summary>
    public bool AddedLineEnd { get; private set; }

    /// <summary>Gives up the first bytes, which are whole lines.</summary>
    public void Take(int count) => Start += count;

    /// <summary>Reads more behind what is there.</summary>
    /// <returns>Nothing more where the stream has ended and its last line has a line feed.</returns>
    public LineBufferFill Fill()
    {
        if (_isAtEnd) return LineBufferFill.AtEnd;
        if (End - Start >= lineLimitBytes) return LineBufferFill.LineTooLong;
        MakeRoom();
        // A long line is looked at again after each fill, so fills must not be small; a gzip stream's are.
        Span<byte> free = Bytes.AsSpan(End, Bytes.Length - LineDecoder.SlackBytes - End);
        int count = stream.ReadAtLeast(free, free.Length / 2, throwOnEndOfStream: false);
        End += count;
        if (count > 0) return LineBufferFill.More;
        _isAtEnd = true;
        if (Start == End) ReturnBytes();
        if (Start == End || Bytes[End - 1] == '\n') return LineBufferFill.AtEnd;
        Bytes[End++] = (byte)'\n';
        AddedLineEnd = true;
        return LineBufferFill.More;
    }

    public void Dispose()
    {
        stream.Dispose();
        ReturnBytes();
    }

    private void ReturnBytes()
    {
        if (Bytes.Length > LineDecoder.SlackBytes) ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = new byte[LineDecoder.SlackBytes];
        Start = End = 0;
    }

    private void MakeRoom()
    {
        int length = End - Start;
        byte[] target = Bytes;
        // Half the buffer is room enough; one byte is kept for the line feed that the last line may lack.
        if (2 * length >= Bytes.Length - LineDecoder.SlackBytes)
            target = ArrayPool<byte>.Shared.Rent(Math.Max(InitialSizeBytes, 2 * Bytes.Length));
        Bytes.AsSpan(Start, length).CopyTo(target);
        if (target != Bytes)
        {
            ReturnBytes();
            Bytes = target;
        }
        Start = 0;
        End = length;
    }
}

internal enum LineBufferFill
{
    More,
    AtEnd,

    /// <summary>The line under way is longer than the limit.</summary>
    LineTooLong,
}
