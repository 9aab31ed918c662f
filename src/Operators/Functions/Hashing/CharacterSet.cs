using System.Text;

namespace Millrace.Operators.Functions.Hashing;

/// <summary>A character set that behaves as Java's: UTF-16 writes a byte order mark and reads one.</summary>
internal sealed class CharacterSet
{
    public static readonly CharacterSet Utf8 = new(Encoding.UTF8, false);
    public static readonly CharacterSet Utf16BigEndian = new(Encoding.BigEndianUnicode, false);
    public static readonly CharacterSet Utf16LittleEndian = new(Encoding.Unicode, false);
    public static readonly CharacterSet Utf16 = new(Encoding.BigEndianUnicode, true);
    public static readonly CharacterSet Latin1 = new(Narrow(Encoding.Latin1), false);
    public static readonly CharacterSet Ascii = new(Narrow(Encoding.ASCII), false);

    private readonly Encoding _encoding;
    private readonly bool _hasMark;

    private CharacterSet(Encoding encoding, bool hasMark)
    {
        _encoding = encoding;
        _hasMark = hasMark;
    }

    public byte[] GetBytes(string text)
    {
        byte[] bytes = _encoding.GetBytes(text);
        return _hasMark && bytes.Length > 0 ? [0xFE, 0xFF, .. bytes] : bytes;
    }

    public string GetString(ReadOnlySpan<byte> bytes)
    {
        if (!_hasMark) return _encoding.GetString(bytes);
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode.GetString(bytes[2..]);
        return _encoding.GetString(bytes is [0xFE, 0xFF, ..] ? bytes[2..] : bytes);
    }

    /// <summary>One question mark for each character that is not in the set.</summary>
    private static Encoding Narrow(Encoding encoding) =>
        Encoding.GetEncoding(encoding.CodePage, new OneMark(), DecoderFallback.ReplacementFallback);

    /// <summary>The usual fallback gives two marks for a surrogate pair; Java gives one.</summary>
    private sealed class OneMark : EncoderFallback
    {
        public override int MaxCharCount => 1;

        public override EncoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : EncoderFallbackBuffer
        {
            private bool _isPending;

            public override int Remaining => _isPending ? 1 : 0;

            public override bool Fallback(char charUnknown, int index) => _isPending = true;

            public override bool Fallback(char charUnknownHigh, char charUnknownLow, int index) =>
                _isPending = true;

            public override char GetNextChar()
            {
                bool given = _isPending;
                _isPending = false;
                return given ? '?' : '\0';
            }

            public override bool MovePrevious() => false;
        }
    }
}
