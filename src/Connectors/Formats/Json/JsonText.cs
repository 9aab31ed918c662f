using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Formats.Json;

/// <summary>The characters of JSON strings.</summary>
internal static class JsonText
{
    /// <summary>Writes the content of a well-formed JSON string without its escapes.</summary>
    /// <remarks>An unpaired surrogate becomes a question mark, as in Java's UTF-8.</remarks>
    /// <param name="escaped">The content between the quotes.</param>
    /// <param name="target">Room for as many bytes.</param>
    /// <returns>Bytes written, at most those of the content.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        int written = 0;
        while (true)
        {
            int plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                escaped.CopyTo(target[written..]);
                return written + escaped.Length;
            }
            escaped[..plain].CopyTo(target[written..]);
            written += plain;
            escaped = escaped[plain..];
            if (escaped[1] == 'u')
            {
                written += UnescapeUnit(ref escaped, target[written..]);
                continue;
            }
            target[written++] = Unescaped(escaped[1]);
            escaped = escaped[2..];
        }
    }

    /// <summary>
    /// The content as a span: itself where it has no escapes, else unescaped into the scratch.
    /// </summary>
    public static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> content, bool hasEscapes, ref byte[] scratch)
    {
        if (!hasEscapes) return content;
        if (scratch.Length < content.Length)
        {
            if (scratch.Length > 0) ArrayPool<byte>.Shared.Return(scratch);
            scratch = ArrayPool<byte>.Shared.Rent(content.Length);
        }
        return scratch.AsSpan(0, Unescape(content, scratch));
    }

    /// <summary>Appends a string in quotes, escaping what must be escaped.</summary>
    public static void WriteQuoted(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            int plain = 0;
            while (plain < text.Length && text[plain] is >= 0x20 and not ((byte)'"' or (byte)'\\')) plain++;
            output.Write(text[..plain]);
            if (plain < text.Length) WriteEscape(text[plain++], output);
            text = text[plain..];
        }
        output.Write("\""u8);
    }

    private static void WriteEscape(byte b, IBufferWriter<byte> output)
    {
        byte letter = b switch
        {
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'"' or (byte)'\\' => b,
            _ => 0,
        };
        if (letter != 0)
        {
            output.Write([(byte)'\\', letter]);
            return;
        }
        Span<byte> unit = output.GetSpan(6);
        "\\u"u8.CopyTo(unit);
        Utf8Formatter.TryFormat(b, unit[2..], out _, new StandardFormat('X', 4));
        output.Advance(6);
    }

    private static byte Unescaped(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    /// <summary>Takes a <c>\uXXXX</c>, or two that are a pair, from the front.</summary>
    private static int UnescapeUnit(ref ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        char unit = Unit(escaped);
        escaped = escaped[6..];
        Rune rune = new('?');
        if (char.IsHighSurrogate(unit) && escaped is [(byte)'\\', (byte)'u', ..]
            && char.IsLowSurrogate(Unit(escaped)))
        {
            rune = new Rune(unit, Unit(escaped));
            escaped = escaped[6..];
        }
        else if (!char.IsSurrogate(unit))
        {
            rune = new Rune(unit);
        }
        return rune.EncodeToUtf8(target);
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
