using Millrace.Shared.Errors;

namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// A LIKE pattern over UTF-8: <c>%</c> is any text, <c>_</c> one character but for ends of lines, all else
/// itself; there is no escape character unless ESCAPE names one. Matching goes back to the last <c>%</c>
/// only, so it is linear for the usual patterns and never exponential.
/// </summary>
internal sealed class LikePattern
{
    private const byte AnyText = 1;
    private const byte AnyCharacter = 2;

    private readonly byte[] _bytes;

    /// <summary>Beside each byte of the pattern: 0 for itself, else a wildcard.</summary>
    private readonly byte[] _kinds;

    private LikePattern(byte[] bytes, byte[] kinds)
    {
        _bytes = bytes;
        _kinds = kinds;
        Simple = SimplePart();
    }

    /// <summary>
    /// The pattern without wildcards but for <c>%</c> at its ends; null for any other pattern.
    /// </summary>
    private (bool AnyBefore, bool AnyBehind, byte[] Part)? Simple { get; }

    /// <param name="escape">Null for none; else one character.</param>
    /// <exception cref="MillraceException">Invalid: the escape stands before what needs none.</exception>
    public static LikePattern Parse(ReadOnlySpan<byte> pattern, byte[]? escape)
    {
        var bytes = new List<byte>(pattern.Length);
        var kinds = new List<byte>(pattern.Length);
        for (int at = 0; at < pattern.Length;)
        {
            int length = Utf8Text.Length(pattern, at);
            bool isEscaped = escape is not null && pattern.Slice(at, length).SequenceEqual(escape);
            if (isEscaped)
            {
                at += length;
                length = at < pattern.Length ? Utf8Text.Length(pattern, at) : 0;
                CheckEscaped(pattern, at, length, escape!);
            }
            for (int i = 0; i < length; i++)
            {
                bytes.Add(pattern[at + i]);
                kinds.Add(isEscaped ? (byte)0 : KindOf(pattern[at + i]));
            }
            at += length;
        }
        return new LikePattern([.. bytes], [.. kinds]);
    }

    private static byte KindOf(byte b) =>
        b switch { (byte)'%' => AnyText, (byte)'_' => AnyCharacter, _ => 0 };

    private static void CheckEscaped(ReadOnlySpan<byte> pattern, int at, int length, byte[] escape)
    {
        bool isWildcard = length == 1 && KindOf(pattern[at]) != 0;
        if (isWildcard || (length > 0 && pattern.Slice(at, length).SequenceEqual(escape))) return;
        throw new MillraceException(
            ErrorKind.Invalid,
            $"The LIKE pattern '{Utf8Text.Decode(pattern)}' has an escape character before something else "
            + "than %, _ or itself.");
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (Simple is not var (anyBefore, anyBehind, part)) return MatchesAny(text);
        if (anyBefore) return anyBehind ? text.IndexOf(part) >= 0 : text.EndsWith(part);
        return anyBehind ? text.StartsWith(part) : text.SequenceEqual(part);
    }

    private (bool, bool, byte[])? SimplePart()
    {
        int start = 0;
        while (start < _kinds.Length && _kinds[start] == AnyText) start++;
        int end = _kinds.Length;
        while (end > start && _kinds[end - 1] == AnyText) end--;
        return _kinds.AsSpan(start, end - start).IndexOfAnyExcept((byte)0) >= 0
            ? null
            : (start > 0, end < _kinds.Length || start == _kinds.Length && start > 0, _bytes[start..end]);
    }

    /// <summary>
    /// Bytes of the character that <c>_</c> stands for; it stands for no end of a line, as in Flink.
    /// </summary>
    private static int AnyLength(ReadOnlySpan<byte> text, int at)
    {
        int length = Utf8Text.Length(text, at);
        ReadOnlySpan<byte> character = text.Slice(at, length);
        bool endsLine = character[0] is (byte)'\n' or (byte)'\r' || character.SequenceEqual("\u0085"u8) ||
            character.SequenceEqual("\u2028"u8) || character.SequenceEqual("\u2029"u8);
        return endsLine ? 0 : length;
    }

    private bool MatchesAny(ReadOnlySpan<byte> text)
    {
        int at = 0, p = 0, retryPattern = -1, retryText = 0;
        while (at < text.Length)
        {
            if (p < _bytes.Length && _kinds[p] == AnyText)
            {
                (retryPattern, retryText) = (++p, at);
                continue;
            }
            int step = p == _bytes.Length ? 0
                : _kinds[p] == AnyCharacter ? AnyLength(text, at)
                : text[at] == _bytes[p] ? 1 : 0;
            if (step > 0)
            {
                at += step;
                p++;
                continue;
            }
            if (retryPattern < 0) return false;
            retryText += Utf8Text.Length(text, retryText);
            (at, p) = (retryText, retryPattern);
        }
        while (p < _bytes.Length && _kinds[p] == AnyText) p++;
        return p == _bytes.Length;
    }
}
