using System.Buffers;
using System.Text;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions;

/// <summary>Code points of UTF-8 text, which is how SQL counts characters.</summary>
internal static class Utf8Text
{
    /// <summary>Number of code points: bytes that do not continue one.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text) count += (b & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    public static bool IsAscii(ReadOnlySpan<byte> text) => System.Text.Ascii.IsValid(text);

    /// <summary>
    /// The byte index of code point <paramref name="index"/> (from 0); the length where there is none.
    /// </summary>
    public static int IndexOf(ReadOnlySpan<byte> text, int index)
    {
        int at = 0;
        for (; index > 0 && at < text.Length; index--) at += Length(text, at);
        return at;
    }

    /// <summary>
    /// Bytes of the code point that begins at <paramref name="at"/>; at least 1, within the text.
    /// </summary>
    public static int Length(ReadOnlySpan<byte> text, int at)
    {
        int next = at + 1;
        while (next < text.Length && (text[next] & 0xC0) == 0x80) next++;
        return next - at;
    }

    /// <summary>The bytes of the first <paramref name="count"/> code points, or of all of them.</summary>
    /// <param name="taken">How many there are.</param>
    public static int SizeOfFirst(ReadOnlySpan<byte> text, int count, out int taken)
    {
        taken = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if ((text[i] & 0xC0) == 0x80) continue;
            if (taken == count) return i;
            taken++;
        }
        return text.Length;
    }

    /// <summary>Appends the UTF-8 of a string.</summary>
    public static void Append(BytesColumnBuilder output, ReadOnlySpan<char> text)
    {
        Span<byte> room = output.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Commit(Encode(text, room));
    }

    /// <summary>As Java encodes: half a surrogate pair becomes a question mark.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> output)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int used) == OperationStatus.Done)
                written += rune.EncodeToUtf8(output[written..]);
            else output[written++] = (byte)'?';
            text = text[used..];
        }
        return written;
    }

    public static string Decode(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
