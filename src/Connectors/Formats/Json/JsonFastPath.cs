using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Millrace.Shared.Columns;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Decodes the lines that look like those before, in one pass that touches each byte about once.
/// </summary>
/// <remarks>
/// <para>The problem. A reader of JSON in general takes two steps where one would do: it finds tokens, then
/// asks for each name which column it is, and the payload of a business event, JSON in a JSON string, is
/// copied without its backslashes and read again.</para>
/// <para>The idea. Lines of one topic have the same members in the same order, so everything between two
/// values (comma, name, colon, quote) is the same bytes in every line: a <see cref="JsonStep"/>. A step is
/// checked by one vector comparison, and it knows what to do with the value behind it. Steps are learnt from
/// the lines and form a graph in which each remembers what followed last. A value's end is found by one
/// vector scan for what cannot be inside it. The payload is walked as it lies there, its quotes with their
/// backslashes being part of the steps.</para>
/// <para>The invariant. A line is taken only if every byte was checked: it is JSON and gives the row that
/// <see cref="JsonRowReader"/> would give. Whatever is unusual (an escape, another order of names than seen
/// so far that cannot be learnt, a bad number) makes it give up, and the line is read by the book. So nothing
/// here ever reports an error.</para>
/// </remarks>
internal sealed unsafe class JsonFastPath(JsonTargets targets)
{
    /// <summary>Longer strings with escapes are read by the book.</summary>
    private const int PlainTextBytes = 16 * 1024;

    private readonly JsonStepBook _book = new();
    private readonly JsonStep _start =
        new([], JsonPlace.LineStart, null, JsonAction.Pass, null, JsonKind.None);
    private readonly JsonInnerText _innerText = new();
    private readonly byte[] _plain = new byte[PlainTextBytes];
    private readonly ulong _allBits = targets.All.Aggregate(0UL, (bits, t) => bits | t.Bit);

    /// <summary>
    /// Whether the line taken last fails the scan's equalities and its row is to be dropped.
    /// </summary>
    public bool IsUnwanted { get; private set; }

    /// <summary>Appends the row of the line at <paramref name="line"/> to the builders.</summary>
    /// <param name="line">Where the line begins.</param>
    /// <param name="end">The end of the data; the slack follows.</param>
    /// <returns>The line's length with its line feed, or 0 where it gave up and some builders may have a
    /// value too many.</returns>
    /// <remarks>
    /// Optimized at once: code that waits for its tier would take as long as a small topic. The loop of every
    /// byte of a topic, so it is kept in one piece.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int TryTakeLine(byte* line, byte* end)
    {
        byte* text = line, innerStart = line;
        JsonStep step = _start;
        ulong seen = 0;
        IsUnwanted = false;
        while (text < end)
        {
            JsonStep? next = step.Next;
            if (next is null || !next.Matches(text))
            {
                next = step.FindOther(text) ?? Find(step, text, end);
                if (next is null) return 0;
            }
            text += next.Length;
            // A name that comes twice: the last value counts, which is easier by the book.
            if ((seen & next.Bit) != 0) return 0;
            seen |= next.Bit;
            step = next;
            int length;
            switch (next.Action)
            {
                case JsonAction.Pass:
                    break;
                case JsonAction.SkipText:
                    length = PlainLength(next, text, end);
                    if (text[length] != '"') goto case JsonAction.ReadText;
                    text += length + 1;
                    break;
                case JsonAction.TakeText:
                    length = PlainLength(next, text, end);
                    if (text[length] != '"') goto case JsonAction.ReadText;
                    JsonBytes.Append(text, length, (BytesColumnBuilder)next.Builder!);
                    text += length + 1;
                    break;
                case JsonAction.TakeFilteredText:
                    length = PlainLength(next, text, end);
                    if (text[length] != '"') goto case JsonAction.ReadText;
                    IsUnwanted |= !new ReadOnlySpan<byte>(text, length).SequenceEqual(next.Wanted);
                    JsonBytes.Append(text, length, (BytesColumnBuilder)next.Builder!);
                    text += length + 1;
                    break;
                case JsonAction.SkipInnerText:
                    length = PlainLength(next, text, end);
                    if (text[length] != '\\' || text[length + 1] != '"') goto case JsonAction.ReadInnerText;
                    text += length + 2;
                    break;
                case JsonAction.TakeInnerText:
                    length = PlainLength(next, text, end);
                    if (text[length] != '\\' || text[length + 1] != '"') goto case JsonAction.ReadInnerText;
                    JsonBytes.Append(text, length, (BytesColumnBuilder)next.Builder!);
                    text += length + 2;
                    break;
                case JsonAction.SkipNumber:
                    length = DigitCount(next, text);
                    if (!IsPlainInteger(text, length)) goto case JsonAction.ReadNumber;
                    text += length;
                    break;
                case JsonAction.TakeLong:
                    length = DigitCount(next, text);
                    if (!IsPlainInteger(text, length)) goto case JsonAction.ReadNumber;
                    ((FixedColumnBuilder<long>)next.Builder!).Append(JsonBytes.ParseDigits(text, length));
                    text += length;
                    break;
                case JsonAction.TakeInt:
                    length = DigitCount(next, text);
                    if (length > 9 || !IsPlainInteger(text, length)) goto case JsonAction.ReadNumber;
                    ((FixedColumnBuilder<int>)next.Builder!).Append((int)JsonBytes.ParseDigits(text, length));
                    text += length;
                    break;
                case JsonAction.ReadText:
                    length = ReadText(next.Target, line, text, end);
                    if (length == 0) return 0;
                    text += length;
                    break;
                case JsonAction.ReadInnerText:
                    length = ReadInnerText(next, line, text, end);
                    if (length == 0) return 0;
                    text += length;
                    break;
                case JsonAction.ReadInnerValue:
                    length = ReadInnerValue(next, text, end);
                    if (length == 0) return 0;
                    text += length;
                    break;
                case JsonAction.ReadNumber:
                case JsonAction.ReadValue:
                    length = ReadValue(next.Target, line, text, end);
                    if (length == 0) return 0;
                    text += length;
                    break;
                case JsonAction.ReadWord:
                    if (!TryAppend(next.Target, line, WordSlice(next.Kind, (int)(text - line)))) return 0;
                    break;
                case JsonAction.BeginText:
                    innerStart = text;
                    break;
                case JsonAction.EndText:
                    if (next.Owner!.Builders.Length > 0 && ReadText(next.Owner, line, innerStart, end) == 0)
                        return 0;
                    break;
                case JsonAction.EndLine:
                    return text <= end && TryEndRow(seen) ? (int)(text - line) : 0;
            }
        }
        return 0;
    }

    private bool TryEndRow(ulong seen)
    {
        if ((targets.RequiredBits & ~seen) != 0) return false;
        for (ulong missing = _allBits & ~seen; missing != 0; missing &= missing - 1)
            targets.All[System.Numerics.BitOperations.TrailingZeroCount(missing)].AppendNull();
        return true;
    }

    /// <summary>A step that is known but never followed here, or a new one.</summary>
    private JsonStep? Find(JsonStep previous, byte* text, byte* end)
    {
        JsonStep? found = _book.Find(previous, text);
        if (found is null)
        {
            if (_book.IsFull) return null;
            var bytes = new ReadOnlySpan<byte>(text, (int)(end - text));
            found = new JsonStepReader(bytes, previous, targets).Read();
            if (found is null) return null;
            _book.Add(found, text);
        }
        previous.Follow(found);
        return found;
    }

    /// <summary>How many plain bytes follow; the byte behind them is another, or beyond the end.</summary>
    /// <remarks>Where the length is the usual one, the result is that number, not the one just found: so the
    /// processor, which guesses the branch, goes on with the next step before this scan is through.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlainLength(JsonStep step, byte* text, byte* end)
    {
        int usual = step.UsualLength;
        return JsonBytes.PlainLength(text) == usual ? usual : UnusualPlainLength(step, text, end);
    }

    /// <inheritdoc cref="PlainLength"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DigitCount(JsonStep step, byte* text)
    {
        int usual = step.UsualLength;
        int count = JsonBytes.DigitCount(text);
        if (count == usual) return usual;
        step.UsualLength = count;
        return count;
    }

    private static int UnusualPlainLength(JsonStep step, byte* text, byte* end)
    {
        int total = 0, length;
        do
        {
            length = JsonBytes.PlainLength(text + total);
            total += length;
        }
        while (length == JsonBytes.Window && text + total < end);
        if (total < JsonBytes.Window) step.UsualLength = total;
        return total;
    }

    /// <summary>Digits without a zero in front that no fraction and no exponent follow.</summary>
    private static bool IsPlainInteger(byte* text, int length) =>
        length is > 0 and < JsonBytes.MaxDigits && (length == 1 || *text != '0')
        && text[length] != '.' && (text[length] | 0x20) != 'e';

    /// <summary>Reads a string with escapes, or with characters beyond ASCII.</summary>
    /// <returns>Its length with the closing quote, or 0.</returns>
    private int ReadText(JsonTarget? target, byte* line, byte* text, byte* end)
    {
        int length, written;
        fixed (byte* plain = _plain)
        {
            length = JsonBytes.Unescape(text, end, plain, _plain.Length - JsonBytes.Window, out written);
        }
        // Back to the opening quote, which the lead had.
        if (length < 0) return Math.Max(0, ReadValue(target, line, text - 1, end) - 1);
        var value = new JsonSlice(JsonKind.Text, 0, written, false);
        return target is null || target.TryAppend(_plain, value) ? length + 1 : 0;
    }

    /// <summary>Reads any value by the book.</summary>
    /// <returns>Its length, quotes included; 0 where it is malformed or cannot be converted.</returns>
    private static int ReadValue(JsonTarget? target, byte* line, byte* value, byte* end)
    {
        var text = new ReadOnlySpan<byte>(line, (int)(end - line));
        int start = (int)(value - line);
        if (start >= text.Length) return 0;
        var cursor = new JsonCursor(text, allowControls: true) { Position = start };
        if (!cursor.TryReadValue(out JsonSlice slice)) return 0;
        int length = cursor.Position - start;
        // White space or a string must not reach into the next line.
        if (text.Slice(start, length).Contains((byte)'\n')) return 0;
        return TryAppend(target, line, slice) ? length : 0;
    }

    /// <summary>Reads a string with escapes, an object or an array inside a text.</summary>
    private int ReadInnerValue(JsonStep step, byte* value, byte* end)
    {
        if (value >= end) return 0;
        int length = _innerText.TryRead(new ReadOnlySpan<byte>(value, (int)(end - value)));
        if (length == 0) return 0;
        return step.Target is not { } target || target.TryAppend(_innerText.Text, _innerText.Value) ? length
            : 0;
    }

    /// <summary>Reads a string inside a text that holds more than plain characters.</summary>
    /// <returns>Its length with the closing quote and its backslash, or 0.</returns>
    private int ReadInnerText(JsonStep step, byte* line, byte* value, byte* end)
    {
        if (value >= end) return 0;
        var text = new ReadOnlySpan<byte>(value, (int)(end - value));
        int length = text.IndexOfAny((byte)'"', (byte)'\\');
        if (length < 0) return 0;
        // Back to the opening quote, which the lead had.
        if (!text[length..].StartsWith("\\\""u8))
            return Math.Max(
                0, ReadInnerValue(step, value - 2, end) - 2);
        ReadOnlySpan<byte> content = text[..length];
        if (content.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || !Utf8.IsValid(content)) return 0;
        var slice = new JsonSlice(JsonKind.Text, (int)(value - line), length, false);
        return TryAppend(step.Target, line, slice) ? length + 2 : 0;
    }

    private static JsonSlice WordSlice(JsonKind kind, int end)
    {
        int length = kind switch
        {
            JsonKind.Null or JsonKind.True => 4,
            JsonKind.False => 5,
            _ => 2,
        };
        return new JsonSlice(kind, end - length, length, false);
    }

    private static bool TryAppend(JsonTarget? target, byte* line, JsonSlice slice)
    {
        if (target is null) return true;
        // Only the bytes of the slice are looked at.
        var text = new ReadOnlySpan<byte>(line, slice.Start + slice.Length);
        return target.TryAppend(text, slice);
    }
}
