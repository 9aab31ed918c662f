using System.Buffers;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Values inside a member's text that cannot be read as they lie there: strings with escapes of their own,
/// and objects and arrays. The rest of the text is unescaped once, and the value is read from that by the
/// book.
/// </summary>
internal sealed class JsonInnerText
{
    /// <summary>
    /// What most strings need; for a longer value it looks again and farther, by this factor.
    /// </summary>
    private const int FirstLookBytes = 128, LookFactor = 8;

    private byte[] _plain = new byte[2 * FirstLookBytes];
    private int _length;

    /// <summary>The value found last, in <see cref="Text"/>.</summary>
    public JsonSlice Value { get; private set; }

    /// <summary>Unescaped text from the value on.</summary>
    public ReadOnlySpan<byte> Text => _plain.AsSpan(0, _length);

    /// <summary>Reads the value at the front.</summary>
    /// <param name="escaped">The content of the outer string from the value on, and what follows it.</param>
    /// <returns>How many bytes of it the value takes; 0 where it is malformed or the string ends
    /// first.</returns>
    public int TryRead(ReadOnlySpan<byte> escaped)
    {
        for (long look = FirstLookBytes; look < escaped.Length; look *= LookFactor)
        {
            int length = TryReadIn(escaped[..(int)look]);
            if (length > 0) return length;
        }
        return TryReadIn(escaped);
    }

    private int TryReadIn(ReadOnlySpan<byte> escaped)
    {
        if (!TryUnescape(escaped)) return 0;
        var cursor = new JsonCursor(Text, allowControls: false);
        if (!cursor.TryReadValue(out JsonSlice value)) return 0;
        // A number may go on behind what was looked at; this is for values with an end of their own.
        if (value.Kind is not (JsonKind.Text or JsonKind.Object or JsonKind.Array)) return 0;
        Value = value;
        return EscapedLength(escaped, cursor.Position);
    }

    /// <summary>Unescapes up to the string's closing quote, or up to the end of what is there.</summary>
    private bool TryUnescape(ReadOnlySpan<byte> escaped)
    {
        int end = 0;
        while (true)
        {
            int next = escaped[end..].IndexOfAny((byte)'"', (byte)'\\');
            end = next < 0 ? escaped.Length : end + next;
            if (end >= escaped.Length || escaped[end] == '"') break;
            int size = EscapeLength(escaped[end..]);
            if (size == 0) return false;
            // An escape that is cut off belongs to the next look.
            if (end + size > escaped.Length) break;
            end += size;
        }
        if (_plain.Length < end) _plain = new byte[Math.Max(end, 2 * _plain.Length)];
        _length = JsonText.Unescape(escaped[..end], _plain);
        return !escaped[..end].Contains((byte)'\n');
    }

    /// <summary>How many escaped bytes give so many plain ones.</summary>
    private static int EscapedLength(ReadOnlySpan<byte> escaped, int plain)
    {
        Span<byte> unit = stackalloc byte[8];
        int position = 0;
        while (plain > 0)
        {
            if (escaped[position] != '\\')
            {
                position++;
                plain--;
                continue;
            }
            int size = EscapeLength(escaped[position..]);
            // Both halves of a pair make one character.
            int both = size == 6 && escaped.Length >= position + 12 && escaped[position + 6] == '\\'
                && escaped[position + 7] == 'u' ? 12 : size;
            int written = JsonText.Unescape(escaped.Slice(position, both), unit);
            bool isPair = both == 12 && written == 4;
            plain -= isPair ? 4 : both == 12 ? JsonText.Unescape(escaped.Slice(position, size), unit)
                : written;
            position += isPair ? 12 : size;
        }
        return plain == 0 ? position : 0;
    }

    /// <returns>Bytes of the escape at the front, also where it is cut off; 0 where it is none.</returns>
    private static int EscapeLength(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < 2) return 2;
        if (escape[1] == 'u')
        {
            foreach (byte digit in escape[2..Math.Min(6, escape.Length)])
                if (!char.IsAsciiHexDigit((char)digit)) return 0;
            return 6;
        }
        return "\"\\/bfnrt"u8.Contains(escape[1]) ? 2 : 0;
    }
}
