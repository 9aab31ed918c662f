namespace Millrace.Connectors.Formats;

/// <summary>
/// A line that cannot be decoded; who knows where the line came from turns it into a sentence.
/// </summary>
/// <param name="LineIndex">The line among those of the call, from 0.</param>
/// <param name="LineStart">Where the line begins, in bytes from the start of the call's data.</param>
/// <param name="Offset">Where in the line the trouble lies, in bytes.</param>
/// <param name="reason">Goes on after a colon, without a full stop.</param>
internal sealed class BadLineException(int lineIndex, int lineStart, int offset, string reason)
    : Exception(reason)
{
    public int LineIndex { get; } = lineIndex;

    public int LineStart { get; } = lineStart;

    public int Offset { get; } = offset;
}
