using System.Buffers;
using System.Globalization;
using System.Text;

namespace Millrace.Operators.Functions.Json;

/// <summary>Strings between their JSON form and plain UTF-8.</summary>
internal static class JsonStrings
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Appends what a JSON string says.</summary>
    /// <param name="raw">What stands between the quotes; an escape that is none stays as it is.</param>
    public static void AppendUnescaped(ReadOnlySpan<byte> raw, TextBuffer output)
    {
        while (true)
        {
            int escape = raw.IndexOf((byte)'\\');
            output.Append(escape < 0 ? raw : raw[..escape]);
            if (escape < 0) return;
            if (escape + 1 == raw.Length)
            {
                output.Append("\\"u8);
                return;
            }
            raw = raw[(escape + 2 + AppendEscape(raw[(escape + 1)..], output))..];
        }
    }

    /// <param name="escape">What follows the backslash.</param>
    /// <returns>How many bytes behind the letter belong to the escape.</returns>
    private static int AppendEscape(ReadOnlySpan<byte> escape, TextBuffer output)
    {
        if (escape[0] == 'u') return AppendUnicode(escape[1..], output);
        byte plain = escape[0] switch
        {
            (byte)'b' => 8,
            (byte)'f' => 12,
            (byte)'n' => 10,
            (byte)'r' => 13,
            (byte)'t' => 9,
            var other => other,
        };
        output.Append([plain]);
        return 0;
    }

    /// <summary>
    /// Four hexadecimal digits, and those of the low half of a pair; half a pair alone becomes a question
    /// mark.
    /// </summary>
    private static int AppendUnicode(ReadOnlySpan<byte> digits, TextBuffer output)
    {
        if (!IsUnit(digits))
        {
            output.Append("\\u"u8);
            return 0;
        }
        char unit = Unit(digits);
        bool isPair = char.IsHighSurrogate(unit) && digits[4..].StartsWith("\\u"u8) && IsUnit(digits[6..]) &&
            char.IsLowSurrogate(Unit(digits[6..]));
        if (isPair) AppendRune(new Rune(unit, Unit(digits[6..])), output);
        else AppendRune(char.IsSurrogate(unit) ? new Rune('?') : new Rune(unit), output);
        return isPair ? 10 : 4;
    }

    private static bool IsUnit(ReadOnlySpan<byte> digits) => digits.Length >= 4 &&
        char.IsAsciiHexDigit((char)digits[0]) && char.IsAsciiHexDigit((char)digits[1]) &&
        char.IsAsciiHexDigit((char)digits[2]) && char.IsAsciiHexDigit((char)digits[3]);

    private static char Unit(ReadOnlySpan<byte> digits) =>
        (char)int.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void AppendRune(Rune rune, TextBuffer output) =>
        output.Advance(rune.EncodeToUtf8(output.Room(4)));

    /// <summary>
    /// Appends a text as a JSON string: only quotes, backslashes and control characters are escaped.
    /// </summary>
    public static void AppendQuoted(ReadOnlySpan<byte> text, TextBuffer output)
    {
        output.Append("\""u8);
        while (true)
        {
            int escape = text.IndexOfAny(MustEscape);
            output.Append(escape < 0 ? text : text[..escape]);
            if (escape < 0) break;
            AppendEscaped(text[escape], output);
            text = text[(escape + 1)..];
        }
        output.Append("\""u8);
    }

    /// <summary>Appends the escape of a control character, a quote or a backslash.</summary>
    public static void AppendEscaped(byte b, TextBuffer output)
    {
        byte letter = b switch
        {
            8 => (byte)'b',
            9 => (byte)'t',
            10 => (byte)'n',
            12 => (byte)'f',
            13 => (byte)'r',
            (byte)'"' or (byte)'\\' => b,
            _ => 0,
        };
        if (letter != 0) output.Append([(byte)'\\', letter]);
        else
        {
            output.Append("\\u00"u8);
            output.Append([Hex(b >> 4), Hex(b & 15)]);
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'A' + digit - 10);
}
