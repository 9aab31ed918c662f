namespace Millrace.Operators.Functions;

/// <summary>Code points of UTF-8 text.</summary>
internal static class Utf8
{
    /// <summary>How many code points the text has.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte unit in text)
            if ((unit & 0xC0) != 0x80) count++;
        return count;
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
}
