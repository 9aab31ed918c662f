using System.Text.Unicode;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Walks a JSON text and checks every byte that it passes: grammar of RFC 8259, UTF-8, escapes. The rules
/// that RFC leaves open are Jackson's as Flink sets it up: members may repeat, nesting ends at 1,000.
/// </summary>
/// <remarks>
/// A method that returns false has set <see cref="Error"/> and left <see cref="Position"/> where the trouble
/// is; the cursor is of no use afterwards.
/// </remarks>
/// <param name="text">The text; a value in it may be followed by anything.</param>
/// <param name="allowControls">Whether a string may hold control characters as they are (Flink's format
/// allows it, its JSON functions do not).</param>
internal ref struct JsonCursor(ReadOnlySpan<byte> text, bool allowControls)
{
    private const int MaxDepth = 1000;

    private readonly ReadOnlySpan<byte> _text = text;

    public int Position { get; set; }

    public string? Error { get; private set; }

    /// <summary>Moves past white space.</summary>
    /// <returns>The byte there, or -1 at the end of the text.</returns>
    public int Peek()
    {
        while (Position < _text.Length)
        {
            byte b = _text[Position];
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return b;
            Position++;
        }
        return -1;
    }

    /// <summary>Moves past white space and the byte, which must be there.</summary>
    public bool TryTake(byte wanted)
    {
        int found = Peek();
        if (found != wanted)
            return Fail(found < 0 ? $"the text ends where '{(char)wanted}' should be"
                : $"'{(char)wanted}' should be here");
        Position++;
        return true;
    }

    /// <summary>Reads a member's name and its colon.</summary>
    public bool TryReadName(out JsonSlice name)
    {
        name = default;
        if (Peek() != '"')
            return Fail(
                AtEnd() ? "the text ends inside an object" : "a member's name in quotes should be here");
        return TryReadText(out name) && TryTake((byte)':');
    }

    /// <summary>After a member or an element: moves past a comma, or past the closing bracket.</summary>
    /// <param name="close">The bracket.</param>
    /// <param name="isClosed">Whether it was the bracket.</param>
    public bool TryReadNext(byte close, out bool isClosed)
    {
        int found = Peek();
        isClosed = found == close;
        if (found != ',' && !isClosed)
            return Fail(found < 0 ? "the text ends inside an object or array"
                : $"',' or '{(char)close}' should be here");
        Position++;
        return true;
    }

    /// <summary>Reads any value, checking all that is in it.</summary>
    public bool TryReadValue(out JsonSlice value, int depth = 0)
    {
        int first = Peek();
        switch (first)
        {
            case '"': return TryReadText(out value);
            case '{': return TryReadContainer((byte)'}', JsonKind.Object, depth, out value);
            case '[': return TryReadContainer((byte)']', JsonKind.Array, depth, out value);
            case 't': return TryReadWord("true"u8, JsonKind.True, out value);
            case 'f': return TryReadWord("false"u8, JsonKind.False, out value);
            case 'n': return TryReadWord("null"u8, JsonKind.Null, out value);
            case '-' or (>= '0' and <= '9'): return TryReadNumber(out value);
            default:
                value = default;
                return Fail(first < 0 ? "the text ends where a value should be" : "no JSON value begins so");
        }
    }

    /// <summary>
    /// At an opening bracket: moves past it, and past the closing one if nothing is between.
    /// </summary>
    public void Open(byte close, out bool isEmpty)
    {
        Position++;
        isEmpty = Peek() == close;
        if (isEmpty) Position++;
    }

    private bool TryReadContainer(byte close, JsonKind kind, int depth, out JsonSlice value)
    {
        int start = Position;
        value = default;
        if (depth == MaxDepth) return Fail($"the nesting is deeper than {MaxDepth}");
        Open(close, out bool isClosed);
        while (!isClosed)
        {
            if (kind == JsonKind.Object && !TryReadName(out _)) return false;
            if (!TryReadValue(out _, depth + 1) || !TryReadNext(close, out isClosed)) return false;
        }
        value = new JsonSlice(kind, start, Position - start, false);
        return true;
    }

    private bool TryReadWord(ReadOnlySpan<byte> word, JsonKind kind, out JsonSlice value)
    {
        value = new JsonSlice(kind, Position, word.Length, false);
        if (!_text[Position..].StartsWith(word)) return Fail("no JSON value begins so");
        Position += word.Length;
        return true;
    }

    private bool TryReadNumber(out JsonSlice value)
    {
        int start = Position;
        value = default;
        if (_text[Position] == '-') Position++;
        bool startsWithZero = Byte() == '0';
        int digits = SkipDigits();
        if (digits == 0) return Fail("a digit should be here");
        if (startsWithZero && digits > 1) return FailAt(start, "a number must not begin with 0");
        JsonKind kind = JsonKind.Integer;
        if (Byte() == '.')
        {
            kind = JsonKind.Fraction;
            Position++;
            if (SkipDigits() == 0) return Fail("a digit should follow the decimal point");
        }
        if (Byte() is 'e' or 'E')
        {
            kind = JsonKind.Fraction;
            Position++;
            if (Byte() is '+' or '-') Position++;
            if (SkipDigits() == 0) return Fail("a digit should be in the exponent");
        }
        value = new JsonSlice(kind, start, Position - start, false);
        return true;
    }

    private bool TryReadText(out JsonSlice value)
    {
        int start = ++Position;
        bool hasEscapes = false;
        value = default;
        while (true)
        {
            int length = _text[Position..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0) return FailAt(start - 1, "the string does not end");
            Position += length;
            if (_text[Position] == '"') break;
            hasEscapes = true;
            if (!TrySkipEscape()) return false;
        }
        ReadOnlySpan<byte> content = _text[start..Position];
        if (!Utf8.IsValid(content)) return FailAt(start, "the string is not valid UTF-8");
        if (!allowControls && content.IndexOfAnyInRange((byte)0, (byte)0x1f) is >= 0 and var control)
            return FailAt(start + control, "a control character must be escaped");
        value = new JsonSlice(JsonKind.Text, start, content.Length, hasEscapes);
        Position++;
        return true;
    }

    private bool TrySkipEscape()
    {
        Position++;
        switch (Byte())
        {
            case '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't':
                Position++;
                return true;
            case 'u' when Position + 4 < _text.Length && AreHexDigits(_text.Slice(Position + 1, 4)):
                Position += 5;
                return true;
            default:
                return FailAt(Position - 1, "no escape begins so");
        }
    }

    private static bool AreHexDigits(ReadOnlySpan<byte> digits)
    {
        foreach (byte b in digits)
            if (!char.IsAsciiHexDigit((char)b)) return false;
        return true;
    }

    private int SkipDigits()
    {
        int start = Position;
        while (Byte() is >= '0' and <= '9') Position++;
        return Position - start;
    }

    private readonly int Byte() => Position < _text.Length ? _text[Position] : -1;

    private readonly bool AtEnd() => Position >= _text.Length;

    private bool FailAt(int position, string reason)
    {
        Position = position;
        return Fail(reason);
    }

    private bool Fail(string reason)
    {
        Error = reason;
        return false;
    }
}
